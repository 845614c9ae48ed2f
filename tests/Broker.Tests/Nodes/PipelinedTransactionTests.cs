using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>A transactional producer with several requests to one partition on their way, as clients with max.in.flight.requests.per.connection=5 have them.</summary>
public sealed class PipelinedTransactionTests
{
    private const string Id = "id";
    private const int InFlight = 5;
    private const short Implicit = 12;
    private const short Verified = 10;

    [Theory]
    [InlineData(Implicit)]
    [InlineData(Verified)]
    public async Task The_batches_of_a_new_transaction_are_appended_in_their_order(short version)
    {
        await using var node = await StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        var producer = await InitializeAsync(client);
        for (var transaction = 0; transaction < 20; transaction++)
        {
            var sequence = version == Implicit ? 0 : transaction * InFlight;
            if (version == Verified)
            {
                await AddAsync(client, producer);
            }

            await SendAsync(client, producer, sequence, version);
            await ShouldBeAppendedAsync(client, firstOffset: transaction * (InFlight + 1), version);
            var ended = await EndAsync(client, producer, version);
            ended.ErrorCode.ShouldBe(ErrorCode.None);
            producer.ProducerEpoch = version == Implicit ? ended.ProducerEpoch : producer.ProducerEpoch;
        }
    }

    /// <summary>The answer to the end comes before the markers are written, and a producer begins its next transaction at once.</summary>
    [Fact]
    public async Task The_batches_of_a_transaction_that_begins_before_the_marker_of_the_last_is_written_are_appended_in_their_order()
    {
        await using var node = await StartAsync();
        await node.CreateTopicAsync("t", 1, ("durability", "kafka"));
        using var client = await node.ConnectAsync();
        var producer = await InitializeAsync(client);
        await SendAsync(client, producer, sequence: 0, Implicit);
        await ShouldBeAppendedAsync(client, firstOffset: 0, Implicit);

        // No marker is written while the disk is full.
        using var refused = new SemaphoreSlim(0);
        var isFull = true;
        node.Disk.Fault = (operation, path) =>
        {
            if (operation != "write" || !Volatile.Read(ref isFull) || !path.Contains("/t-0/", StringComparison.Ordinal))
            {
                return null;
            }

            refused.Release();
            return DiskErrorKind.NoSpace;
        };
        producer.ProducerEpoch = (await EndAsync(client, producer, Implicit)).ProducerEpoch;
        await refused.WaitAsync(TestContext.Current.CancellationToken);
        await SendAsync(client, producer, sequence: 0, Implicit);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await refused.WaitAsync(TestContext.Current.CancellationToken);
        }

        Volatile.Write(ref isFull, false);
        await ShouldBeAppendedAsync(client, firstOffset: InFlight + 1, Implicit);
    }

    private static Task<NodeFixture> StartAsync() => NodeFixture.StartAsync(
        ("transaction.state.log.replication.factor", "1"),
        ("transaction.state.log.min.isr", "1"),
        ("transaction.state.log.num.partitions", "2"),
        ("add.partitions.to.txn.retry.backoff.max.ms", "60000"));

    private static async Task SendAsync(NodeClient client, InitProducerIdResponse producer, int sequence, short version)
    {
        for (var i = 0; i < InFlight; i++)
        {
            var request = NodeFixture.Produce("t", TransactionTests.Batch(producer, sequence + i, "a record"));
            request.TransactionalId = Id;
            await client.SendAsync(request, version);
        }
    }

    private static async Task ShouldBeAppendedAsync(NodeClient client, long firstOffset, short version)
    {
        var answers = new List<ProduceResponse.PartitionProduceResponse>();
        for (var i = 0; i < InFlight; i++)
        {
            answers.Add((await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, version)).Responses.Single().PartitionResponses.Single());
        }

        answers.ShouldAllBe(answer => answer.ErrorCode == ErrorCode.None, string.Join("; ", answers.Select(answer => $"{answer.ErrorCode} {answer.ErrorMessage}")));
        answers.Select(answer => (long)answer.BaseOffset).ShouldBe(Enumerable.Range(0, InFlight).Select(i => firstOffset + i));
    }

    private static async Task<InitProducerIdResponse> InitializeAsync(NodeClient client)
    {
        await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = [Id] }, 6);
        while (true)
        {
            var response = await client.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = Id, TransactionTimeoutMs = 60_000 }, 5);
            if (response.ErrorCode is not (ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress))
            {
                response.ErrorCode.ShouldBe(ErrorCode.None);
                return response;
            }

            await Task.Yield();
        }
    }

    /// <summary>Of version 1, where the transaction before may not be over yet.</summary>
    private static async Task AddAsync(NodeClient client, InitProducerIdResponse producer)
    {
        var request = new AddPartitionsToTxnRequest
        {
            V3AndBelowTransactionalId = Id,
            V3AndBelowProducerId = producer.ProducerId,
            V3AndBelowProducerEpoch = producer.ProducerEpoch,
            V3AndBelowTopics = [new() { Name = "t", Partitions = [0] }],
        };
        ErrorCode error;
        do
        {
            var response = await client.CallAsync<AddPartitionsToTxnResponse>(request, 3);
            error = response.ResultsByTopicV3AndBelow.Single().ResultsByPartition.Single().PartitionErrorCode;
        }
        while (error == ErrorCode.ConcurrentTransactions);
        error.ShouldBe(ErrorCode.None);
    }

    private static Task<EndTxnResponse> EndAsync(NodeClient client, InitProducerIdResponse producer, short version) => client.CallAsync<EndTxnResponse>(
        new EndTxnRequest { TransactionalId = Id, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, Committed = true },
        version == Implicit ? (short)5 : (short)4);
}
