using Moldau.Core;

namespace Moldau.Broker.Fetching;

/// <summary>What makes a partition of a session the same: topic id and index where ids are used (Fetch v13), else name and index.</summary>
internal readonly record struct FetchPartitionKey(Uuid TopicId, string? TopicName, int Partition)
{
    public static FetchPartitionKey Of(Uuid topicId, string? topicName, int partition) =>
        topicId == Uuid.Zero ? new FetchPartitionKey(topicId, topicName, partition) : new FetchPartitionKey(topicId, null, partition);
}
