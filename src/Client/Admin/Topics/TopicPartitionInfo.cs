namespace Moldau.Client;

/// <summary>One partition. Immutable. Nodes are given by their ids; <see cref="AdminClient.DescribeClusterAsync"/> says where they are.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Leader">Who leads it; null when nobody does.</param>
/// <param name="LeaderEpoch">The leader's epoch; -1 when the broker does not tell.</param>
/// <param name="Replicas">Who holds it, the preferred leader first.</param>
/// <param name="InSyncReplicas">Those of them that have all that is committed.</param>
public sealed record TopicPartitionInfo(int Partition, int? Leader, int LeaderEpoch, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas)
{
    /// <summary>Those of the replicas that do not answer.</summary>
    public IReadOnlyList<int> OfflineReplicas { get; init; } = [];

    /// <summary>Those that could lead without loss though they are not in sync (KIP-966); null when the broker does not tell.</summary>
    public IReadOnlyList<int>? EligibleLeaderReplicas { get; init; }

    /// <summary>Those that could last (KIP-966); null when the broker does not tell.</summary>
    public IReadOnlyList<int>? LastKnownEligibleLeaderReplicas { get; init; }
}
