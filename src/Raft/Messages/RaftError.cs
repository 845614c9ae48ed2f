namespace Moldau.Raft;

/// <summary>The protocol errors that the core answers with; the numbers are those of Kafka's error codes.</summary>
public enum RaftError : short
{
    None = 0,
    OffsetOutOfRange = 1,
    NotLeaderOrFollower = 6,
    BrokerNotAvailable = 8,
    InvalidRequest = 42,
    FencedLeaderEpoch = 74,
    UnknownLeaderEpoch = 75,
    SnapshotNotFound = 98,
    PositionOutOfRange = 99,
    InvalidVoterKey = 125,
}
