namespace Moldau.Raft;

/// <summary>
/// A request between replicas, without what the wire adds (cluster id, topic, versions): the transport checks and strips that. Each names the epoch of
/// its sender.
/// </summary>
public abstract record RaftRequest(int Epoch)
{
    /// <summary>Asks for a vote, or with <paramref name="PreVote"/> whether one would be given (KIP-595, KIP-996). <paramref name="Voter"/> is whom it is
    /// meant for, when its directory is known.</summary>
    public sealed record Vote(int Epoch, ReplicaKey Candidate, ReplicaKey? Voter, OffsetAndEpoch LogEnd, bool PreVote) : RaftRequest(Epoch);

    /// <summary>Tells a voter who leads the epoch.</summary>
    public sealed record BeginQuorumEpoch(int Epoch, int LeaderId, ReplicaKey? Voter, IReadOnlyList<VoterEndpoint> LeaderEndpoints) : RaftRequest(Epoch);

    /// <summary>Tells a voter that the leader steps down, and who should follow it, best first.</summary>
    public sealed record EndQuorumEpoch(int Epoch, int LeaderId, IReadOnlyList<ReplicaKey> PreferredSuccessors, IReadOnlyList<VoterEndpoint> LeaderEndpoints)
        : RaftRequest(Epoch);

    /// <summary>Asks for the log from an offset on. Everything below <paramref name="FetchOffset"/> is synced at the sender.
    /// <paramref name="HighWatermark"/> is the sender's (KIP-1166), -1 when unknown.</summary>
    public sealed record Fetch(int Epoch, ReplicaKey Replica, long FetchOffset, int LastFetchedEpoch, int WaitMsMax, int BytesMax, long HighWatermark)
        : RaftRequest(Epoch);

    /// <summary>Asks for bytes of a snapshot (KIP-630).</summary>
    public sealed record FetchSnapshot(int Epoch, ReplicaKey Replica, OffsetAndEpoch SnapshotId, long Position, int BytesMax) : RaftRequest(Epoch);
}
