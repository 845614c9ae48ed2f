namespace Moldau.Core;

/// <summary>One partition of a topic.</summary>
public readonly record struct TopicPartition(TopicName Topic, PartitionIndex Partition)
{
    /// <summary>Kafka's form, which is also the name of its directory: <c>topic-3</c>.</summary>
    public override string ToString() => $"{Topic}-{Partition.Value}";
}
