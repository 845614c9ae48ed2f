using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>Requests as the clients of the node scenario send them.</summary>
internal static class Requests
{
    public static ProduceRequest Produce(PartitionModel partition, SentBatch batch, bool byId)
    {
        var topic = new ProduceRequest.TopicProduceData { PartitionData = [new() { Index = partition.Index, Records = batch.Bytes }] };
        if (byId)
        {
            topic.TopicId = partition.Topic.Id;
        }
        else
        {
            topic.Name = partition.Topic.Name;
        }

        return new ProduceRequest { TransactionalId = null, Acks = batch.Acks, TimeoutMs = 20_000, TopicData = [topic] };
    }

    public static FetchRequest Fetch(PartitionModel partition, long offset, int maxBytes, int maxWaitMs, sbyte isolation) => new()
    {
        ClusterId = null,
        MaxWaitMs = maxWaitMs,
        MinBytes = 1,
        IsolationLevel = isolation,
        SessionEpoch = -1,
        Topics = [new() { TopicId = partition.Topic.Id, Partitions = [new() { Partition = partition.Index, FetchOffset = offset, PartitionMaxBytes = maxBytes }] }],
    };
}
