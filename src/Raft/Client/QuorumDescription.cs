namespace Moldau.Raft;

/// <summary>The quorum at one moment, as DescribeQuorum answers it.</summary>
public sealed record QuorumDescription(
    int? LeaderId,
    int LeaderEpoch,
    long HighWatermark,
    IReadOnlyList<QuorumReplica> Voters,
    IReadOnlyList<QuorumReplica> Observers,
    IReadOnlyList<VoterNode> Nodes);
