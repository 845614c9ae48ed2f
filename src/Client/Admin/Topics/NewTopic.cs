namespace Moldau.Client;

/// <summary>A topic to make. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="NumPartitions">How many partitions; -1 leaves it to the cluster's <c>num.partitions</c> (KIP-464).</param>
/// <param name="ReplicationFactor">How many brokers hold each; -1 leaves it to the cluster's <c>default.replication.factor</c>.</param>
public sealed record NewTopic(string Name, int NumPartitions = -1, short ReplicationFactor = -1)
{
    /// <summary>Which brokers hold which partition, the preferred leader first; then the counts stay at -1. Null leaves it to the cluster.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<int>>? ReplicasAssignments { get; init; }

    /// <summary>What is configured other than the cluster's defaults.</summary>
    public IReadOnlyDictionary<string, string?> Configs { get; init; } = new Dictionary<string, string?>();
}
