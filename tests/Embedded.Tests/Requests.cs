using System.Text;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Embedded.Tests;

/// <summary>What a client asks of a node in these tests, in bytes of the protocol: this room knows no client.</summary>
internal static class Requests
{
    public static async Task<NodeClient> ConnectAsync(this MoldauNode node, string clientId = "test")
    {
        var colon = node.BootstrapServers.LastIndexOf(':');
        var port = int.Parse(node.BootstrapServers.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
        return new NodeClient(await node.Network.ConnectAsync(node.BootstrapServers[..colon], port, TestContext.Current.CancellationToken), clientId);
    }

    public static async Task CreateTopicAsync(this NodeClient client, string name, params (string Key, string Value)[] configs)
    {
        var topic = new CreateTopicsRequest.CreatableTopic
        {
            Name = name,
            NumPartitions = 1,
            ReplicationFactor = 1,
            Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
        };
        var response = await client.CallAsync<CreateTopicsResponse>(new CreateTopicsRequest { Topics = [topic] }, 7);
        response.Topics.Single().ErrorCode.ShouldBe(ErrorCode.None, response.Topics.Single().ErrorMessage);
    }

    public static async Task<long> ProduceAsync(this NodeClient client, string topic, string value, short acks = -1)
    {
        var answer = await client.SendRecordAsync(topic, value, acks);
        answer.ErrorCode.ShouldBe(ErrorCode.None);
        return answer.BaseOffset;
    }

    public static async Task<ErrorCode> TryProduceAsync(this NodeClient client, string topic, string value) => (await client.SendRecordAsync(topic, value, -1)).ErrorCode;

    private static async Task<ProduceResponse.PartitionProduceResponse> SendRecordAsync(this NodeClient client, string topic, string value, short acks)
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
        return (await client.CallAsync<ProduceResponse>(request, 11)).Responses.Single().PartitionResponses.Single();
    }

    /// <summary>The offset after the last record.</summary>
    public static Task<long> EndOffsetAsync(this NodeClient client, string topic) => client.OffsetAsync(topic, -1);

    /// <summary>The offset of the first record.</summary>
    public static Task<long> StartOffsetAsync(this NodeClient client, string topic) => client.OffsetAsync(topic, -2);

    private static async Task<long> OffsetAsync(this NodeClient client, string topic, long timestamp)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Timestamp = timestamp, CurrentLeaderEpoch = -1 }] }],
        };
        var answer = (await client.CallAsync<ListOffsetsResponse>(request, 7)).Topics.Single().Partitions.Single();
        answer.ErrorCode.ShouldBe(ErrorCode.None);
        return answer.Offset;
    }

    /// <summary>Whether the connection was lost over it.</summary>
    public static async Task<bool> LosesConnectionAsync(Func<Task> request)
    {
        try
        {
            await request();
            return false;
        }
        catch (Exception lost) when (lost is NetworkException or ShouldAssertException)
        {
            return true;
        }
    }

    /// <summary>Returns once there is a coordinator, and its topic with it.</summary>
    public static async Task FindCoordinatorAsync(this NodeClient client, string key, CoordinatorKind kind)
    {
        while ((await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = key, KeyType = (sbyte)kind }, 3)).ErrorCode != ErrorCode.None
            || await StateAsync(client, key, kind) is ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>What the coordinator says of a group or a transactional id.</summary>
    private static async Task<ErrorCode> StateAsync(NodeClient client, string key, CoordinatorKind kind) => kind == CoordinatorKind.Group
        ? (await client.CallAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = [key] }, 5)).Groups.Single().ErrorCode
        : (await client.CallAsync<DescribeTransactionsResponse>(new DescribeTransactionsRequest { TransactionalIds = [key] }, 0)).TransactionStates.Single().ErrorCode;

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
