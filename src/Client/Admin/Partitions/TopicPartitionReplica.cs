using Moldau.Core;

namespace Moldau.Client;

/// <summary>One broker's copy of a partition. Immutable.</summary>
public readonly record struct TopicPartitionReplica(TopicPartition Partition, int BrokerId)
{
    /// <summary>Topic, partition and broker, for messages.</summary>
    public override string ToString() => $"{Partition} on broker {BrokerId}";
}
