using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Broker.Tests;

/// <summary>Transactions of a whole node in memory, request by request as producers of both versions send them.</summary>
public sealed class TransactionTests
{
    private const string Id = "id";

    [Fact]
    public async Task Version_2_the_broker_adds_the_partition_and_the_end_gives_the_next_epoch()
    {
        await using var node = await StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        var producer = await InitializeAsync(client);
        (await ProduceAsync(client, producer, 0, "a", version: 12)).ShouldBe(ErrorCode.None);
        (await StateAsync(client)).TransactionState.ShouldBe("Ongoing");
        (await FetchAsync(client)).Records!.Value.Length.ShouldBe(0, "it is open");

        var ended = await EndAsync(client, producer, commit: true, version: 5);
        (ended.ErrorCode, ended.ProducerId, ended.ProducerEpoch).ShouldBe((ErrorCode.None, producer.ProducerId, (short)1));
        (await EndAsync(client, producer, commit: true, version: 5)).ErrorCode.ShouldBeOneOf(ErrorCode.None, ErrorCode.ConcurrentTransactions);
        await CompleteAsync(client, "CompleteCommit");
        var committed = await FetchAsync(client);
        (committed.LastStableOffset.Value, committed.AbortedTransactions!.Count).ShouldBe((2, 0));

        producer.ProducerEpoch = 1;
        (await ProduceAsync(client, producer, 0, "b", version: 12)).ShouldBe(ErrorCode.None);
        (await EndAsync(client, producer, commit: false, version: 5)).ProducerEpoch.ShouldBe((short)2);
        await CompleteAsync(client, "CompleteAbort");
        var fetched = await FetchAsync(client, offset: 2);
        fetched.LastStableOffset.Value.ShouldBe(4);
        var aborted = fetched.AbortedTransactions!.ShouldHaveSingleItem();
        (aborted.ProducerId, aborted.FirstOffset.Value).ShouldBe((producer.ProducerId, 2));
        (await ProduceAsync(client, producer, 1, "late", version: 12)).ShouldBe(ErrorCode.InvalidProducerEpoch);
    }

    [Theory]
    [InlineData(10, ErrorCode.InvalidTxnState)]
    [InlineData(11, ErrorCode.TransactionAbortable)]
    public async Task Version_1_a_partition_that_was_not_added_is_not_written(short version, ErrorCode refusal)
    {
        await using var node = await StartAsync();
        await node.CreateTopicAsync("t", partitions: 2);
        using var client = await node.ConnectAsync();
        var producer = await InitializeAsync(client);
        (await ProduceAsync(client, producer, 0, "a", version)).ShouldBe(refusal);
        (await AddAsync(client, producer, "t", "gone")).ShouldBe([ErrorCode.OperationNotAttempted, ErrorCode.UnknownTopicOrPartition]);
        (await AddAsync(client, producer, "t")).ShouldBe([ErrorCode.None]);
        (await ProduceAsync(client, producer, 0, "a", version)).ShouldBe(ErrorCode.None);
        (await EndAsync(client, producer, commit: true, version: 4)).ErrorCode.ShouldBe(ErrorCode.None);
        await CompleteAsync(client, "CompleteCommit");
        (await EndAsync(client, producer, commit: false, version: 4)).ErrorCode.ShouldBe(ErrorCode.InvalidTxnState);
    }

    [Fact]
    public async Task An_open_transaction_goes_on_after_a_restart()
    {
        await using var node = await StartAsync();
        await node.CreateTopicAsync("t");
        InitProducerIdResponse producer;
        using (var before = await node.ConnectAsync())
        {
            producer = await InitializeAsync(before);
            (await ProduceAsync(before, producer, 0, "a", version: 12)).ShouldBe(ErrorCode.None);
        }

        await node.StopAsync();
        await node.StartAsync();
        using var client = await node.ConnectAsync();
        await WhenCoordinatedAsync(client);
        (await FetchAsync(client)).LastStableOffset.Value.ShouldBe(0);
        (await ProduceAsync(client, producer, 1, "b", version: 12)).ShouldBe(ErrorCode.None);
        (await EndAsync(client, producer, commit: true, version: 5)).ErrorCode.ShouldBe(ErrorCode.None);
        await CompleteAsync(client, "CompleteCommit");
        (await FetchAsync(client)).LastStableOffset.Value.ShouldBe(3);
    }

    [Fact]
    public async Task A_transaction_that_hangs_is_ended_by_an_administrator()
    {
        await using var node = await StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        var producer = await InitializeAsync(client);
        (await ProduceAsync(client, producer, 0, "a", version: 12)).ShouldBe(ErrorCode.None);
        var described = await client.CallAsync<DescribeProducersResponse>(new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0] }] }, 0);
        var open = described.Topics.Single().Partitions.Single().ActiveProducers.Single();
        var marked = await client.CallAsync<WriteTxnMarkersResponse>(
            new WriteTxnMarkersRequest
            {
                Markers =
                [
                    new()
                    {
                        ProducerId = open.ProducerId,
                        ProducerEpoch = (short)open.ProducerEpoch,
                        CoordinatorEpoch = -1,
                        Topics = [new() { Name = "t", PartitionIndexes = [0] }, new() { Name = "gone", PartitionIndexes = [0] }],
                    },
                ],
            },
            1);
        marked.Markers.Single().Topics.Select(topic => topic.Partitions.Single().ErrorCode).ShouldBe([ErrorCode.None, ErrorCode.UnknownTopicOrPartition]);
        (await FetchAsync(client)).LastStableOffset.Value.ShouldBe(2);
    }

    [Fact]
    public async Task Records_of_a_transaction_without_its_id_are_not_taken()
    {
        await using var node = await StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        var producer = await InitializeAsync(client);
        var request = NodeFixture.Produce("t", Batch(producer, 0, "a"));
        (await client.CallAsync<ProduceResponse>(request, 12)).Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.TransactionalIdAuthorizationFailed);
        (await client.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = Id, TransactionTimeoutMs = 900_001 }, 5))
            .ErrorCode.ShouldBe(ErrorCode.InvalidTransactionTimeout);
        (await client.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = Id, TransactionTimeoutMs = 1, ProducerId = 99, ProducerEpoch = 0 }, 3))
            .ErrorCode.ShouldBe(ErrorCode.InvalidProducerEpoch, "before version 4 a client does not know PRODUCER_FENCED");
    }

    private static Task<NodeFixture> StartAsync() => NodeFixture.StartAsync(
        ("transaction.state.log.replication.factor", "1"), ("transaction.state.log.min.isr", "1"), ("transaction.state.log.num.partitions", "2"));

    internal static byte[] Batch(InitProducerIdResponse producer, int sequence, string value)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, BaseSequence = sequence, IsTransactional = true });
        builder.Append(1_767_225_600_000, null, System.Text.Encoding.UTF8.GetBytes(value));
        return builder.BuildArray();
    }

    private static async Task WhenCoordinatedAsync(NodeClient client)
    {
        var found = await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = [Id] }, 6);
        found.Coordinators.Single().ErrorCode.ShouldBe(ErrorCode.None);
        while ((await StateAsync(client)).ErrorCode is ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress)
        {
            await Task.Yield();
        }
    }

    private static async Task<InitProducerIdResponse> InitializeAsync(NodeClient client)
    {
        await WhenCoordinatedAsync(client);
        var response = await client.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = Id, TransactionTimeoutMs = 60_000 }, 5);
        response.ErrorCode.ShouldBe(ErrorCode.None);
        return response;
    }

    private static async Task<ErrorCode> ProduceAsync(NodeClient client, InitProducerIdResponse producer, int sequence, string value, short version)
    {
        var request = NodeFixture.Produce("t", Batch(producer, sequence, value));
        request.TransactionalId = Id;
        return (await client.CallAsync<ProduceResponse>(request, version)).Responses.Single().PartitionResponses.Single().ErrorCode;
    }

    private static Task<EndTxnResponse> EndAsync(NodeClient client, InitProducerIdResponse producer, bool commit, short version) => client.CallAsync<EndTxnResponse>(
        new EndTxnRequest { TransactionalId = Id, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, Committed = commit }, version);

    private static async Task<List<ErrorCode>> AddAsync(NodeClient client, InitProducerIdResponse producer, params string[] topics)
    {
        var request = new AddPartitionsToTxnRequest
        {
            V3AndBelowTransactionalId = Id,
            V3AndBelowProducerId = producer.ProducerId,
            V3AndBelowProducerEpoch = producer.ProducerEpoch,
            V3AndBelowTopics = [.. topics.Select(topic => new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic { Name = topic, Partitions = [0] })],
        };
        var response = await client.CallAsync<AddPartitionsToTxnResponse>(request, 3);
        return [.. response.ResultsByTopicV3AndBelow.Select(topic => topic.ResultsByPartition.Single().PartitionErrorCode)];
    }

    private static async Task<DescribeTransactionsResponse.TransactionStateData> StateAsync(NodeClient client) =>
        (await client.CallAsync<DescribeTransactionsResponse>(new DescribeTransactionsRequest { TransactionalIds = [Id] }, 0)).TransactionStates.Single();

    /// <summary>The markers follow the answer to the end.</summary>
    private static async Task CompleteAsync(NodeClient client, string state)
    {
        while ((await StateAsync(client)).TransactionState is var now && now != state)
        {
            now.ShouldStartWith("Prepare");
            await Task.Yield();
        }
    }

    private static async Task<FetchResponse.PartitionData> FetchAsync(NodeClient client, long offset = 0)
    {
        var request = NodeFixture.Fetch("t", offset, maxWaitMs: 0);
        request.IsolationLevel = 1;
        return (await client.CallAsync<FetchResponse>(request, 12)).Responses.Single().Partitions.Single();
    }
}
