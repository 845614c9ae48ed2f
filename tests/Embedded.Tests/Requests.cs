using System.Text;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Embedded.Tests;

/// <summary>What a client asks of a node in these tests, in bytes of the protocol: this room knows no client.</summary>
internal static class Requests
{
    public static async Task<NodeClient> ConnectAsync(this MoldauNode node)
    {
        var colon = node.BootstrapServers.LastIndexOf(':');
        var port = int.Parse(node.BootstrapServers.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
        return new NodeClient(await node.Network.ConnectAsync(node.BootstrapServers[..colon], port, TestContext.Current.CancellationToken));
    }

    public static async Task CreateTopicAsync(this NodeClient client, string name)
    {
        var response = await client.CallAsync<CreateTopicsResponse>(new CreateTopicsRequest { Topics = [new() { Name = name, NumPartitions = 1, ReplicationFactor = 1 }] }, 7);
        response.Topics.Single().ErrorCode.ShouldBe(ErrorCode.None, response.Topics.Single().ErrorMessage);
    }

    public static async Task<long> ProduceAsync(this NodeClient client, string topic, string value, short acks = -1)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions());
        builder.Append(1_767_225_600_000, null, Encoding.UTF8.GetBytes(value));
        var request = new ProduceRequest
        {
            Acks = acks,
            TimeoutMs = 30_000,
            TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = builder.BuildArray() }] }],
        };
        var answer = (await client.CallAsync<ProduceResponse>(request, 11)).Responses.Single().PartitionResponses.Single();
        answer.ErrorCode.ShouldBe(ErrorCode.None);
        return answer.BaseOffset;
    }

    /// <summary>The offset after the last record.</summary>
    public static async Task<long> EndOffsetAsync(this NodeClient client, string topic)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Timestamp = -1, CurrentLeaderEpoch = -1 }] }],
        };
        var answer = (await client.CallAsync<ListOffsetsResponse>(request, 7)).Topics.Single().Partitions.Single();
        answer.ErrorCode.ShouldBe(ErrorCode.None);
        return answer.Offset;
    }

    /// <summary>The record batches from an offset on, as they lie in the log.</summary>
    public static async Task<byte[]> FetchAsync(this NodeClient client, string topic, long offset = 0)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = 500,
            MinBytes = 1,
            MaxBytes = 1 << 20,
            SessionEpoch = -1,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, FetchOffset = offset, PartitionMaxBytes = 1 << 20 }] }],
        };
        var answer = (await client.CallAsync<FetchResponse>(request, 12)).Responses.Single().Partitions.Single();
        answer.ErrorCode.ShouldBe(ErrorCode.None);
        return answer.Records!.Value.ToArray();
    }
}
