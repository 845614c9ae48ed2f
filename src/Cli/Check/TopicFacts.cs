namespace Moldau.Cli;

/// <summary>A topic with its configuration.</summary>
internal sealed record TopicFacts
{
    public required string Name { get; init; }

    public bool IsInternal { get; init; }

    public required IReadOnlyList<PartitionFacts> Partitions { get; init; }

    /// <summary>All keys of the topic with the values that hold; empty when they could not be read.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; init; } = new Dictionary<string, string>();

    public int ReplicationFactor => Partitions.Count == 0 ? 0 : Partitions.Min(partition => partition.Replicas.Count);

    /// <summary>A number of its configuration; null when it is not known.</summary>
    public long? Number(string key) => Configuration.TryGetValue(key, out string? value) && long.TryParse(value, out long number) ? number : null;
}
