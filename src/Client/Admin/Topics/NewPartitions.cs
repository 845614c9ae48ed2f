namespace Moldau.Client;

/// <summary>That a topic shall have more partitions. Immutable.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="TotalCount">How many it shall have in all.</param>
public sealed record NewPartitions(string Topic, int TotalCount)
{
    /// <summary>Which brokers hold each new partition, in order of their numbers; null leaves it to the cluster.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? NewAssignments { get; init; }
}
