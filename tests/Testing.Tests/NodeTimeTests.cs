using Moldau.Embedded.Tests;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Testing.Tests;

public class NodeTimeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_week_passes_at_once_and_retention_takes_its_records()
    {
        await using var node = await TestNode.StartAsync(options => options.UsesVirtualTime = true, Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t", ("retention.ms", "518400000"), ("message.timestamp.type", "LogAppendTime"));
        await client.ProduceAsync("t", "old");

        await node.Time.AdvanceAsync(TimeSpan.FromDays(5), Cancellation);
        (await client.StartOffsetAsync("t")).ShouldBe(0);
        await node.Time.AdvanceAsync(TimeSpan.FromDays(2), Cancellation);
        (await client.StartOffsetAsync("t")).ShouldBe(1);
        (await client.EndOffsetAsync("t")).ShouldBe(1);
    }

    [Fact]
    public async Task A_member_that_is_silent_loses_its_session_exactly_then()
    {
        await using var node = await TestNode.StartAsync(options => (options.UsesVirtualTime, options.UsesSockets) = (true, false), Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.FindCoordinatorAsync("g", CoordinatorKind.Group);
        var joined = await client.CallAsync<JoinGroupResponse>(
            new JoinGroupRequest
            {
                GroupId = "g",
                SessionTimeoutMs = 45_000,
                RebalanceTimeoutMs = 45_000,
                ProtocolType = "consumer",
                Protocols = [new() { Name = "range", Metadata = Array.Empty<byte>() }],
            },
            3);
        joined.ErrorCode.ShouldBe(ErrorCode.None);
        await client.CallAsync<SyncGroupResponse>(
            new SyncGroupRequest { GroupId = "g", GenerationId = joined.GenerationId, MemberId = joined.MemberId, Assignments = [new() { MemberId = joined.MemberId, Assignment = Array.Empty<byte>() }] }, 3);

        await node.Time.AdvanceAsync(TimeSpan.FromSeconds(30), Cancellation);
        (await StateAsync()).ShouldBe("Stable");
        await node.Time.AdvanceAsync(TimeSpan.FromSeconds(16), Cancellation);
        (await StateAsync()).ShouldBe("Empty");

        async Task<string> StateAsync() =>
            (await client.CallAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = ["g"] }, 5)).Groups.Single().GroupState;
    }

    [Fact]
    public async Task A_transaction_that_is_left_open_is_aborted_in_its_time()
    {
        await using var node = await TestNode.StartAsync(options => options.UsesVirtualTime = true, Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.FindCoordinatorAsync("tx", CoordinatorKind.Transaction);
        var producer = await client.CallAsync<InitProducerIdResponse>(
            new InitProducerIdRequest { TransactionalId = "tx", TransactionTimeoutMs = 60_000, ProducerId = -1, ProducerEpoch = -1 }, 4);
        producer.ErrorCode.ShouldBe(ErrorCode.None);
        var added = await client.CallAsync<AddPartitionsToTxnResponse>(
            new AddPartitionsToTxnRequest
            {
                V3AndBelowTransactionalId = "tx",
                V3AndBelowProducerId = producer.ProducerId,
                V3AndBelowProducerEpoch = producer.ProducerEpoch,
                V3AndBelowTopics = [new() { Name = "t", Partitions = [0] }],
            },
            3);
        added.ResultsByTopicV3AndBelow.Single().ResultsByPartition.Single().PartitionErrorCode.ShouldBe(ErrorCode.None);

        await node.Time.AdvanceAsync(TimeSpan.FromSeconds(30), Cancellation);
        (await StateAsync()).ShouldBe("Ongoing");
        await node.Time.AdvanceAsync(TimeSpan.FromMinutes(2), Cancellation);
        (await StateAsync()).ShouldBe("CompleteAbort");

        async Task<string> StateAsync() =>
            (await client.CallAsync<DescribeTransactionsResponse>(new DescribeTransactionsRequest { TransactionalIds = ["tx"] }, 0)).TransactionStates.Single().TransactionState;
    }

    [Fact]
    public async Task A_virtual_clock_begins_where_it_is_told_and_moves_by_what_it_is_told()
    {
        var start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using var node = await TestNode.StartAsync(options => (options.UsesVirtualTime, options.StartTime) = (true, start), Cancellation);
        var before = node.Time.UtcNow;
        before.Year.ShouldBe(2030);

        node.Time.Advance(TimeSpan.FromDays(100));
        (node.Time.UtcNow - before).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromDays(100));
        node.Node.Completion.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task The_clock_of_the_system_is_not_advanced()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => node.Time.AdvanceAsync(TimeSpan.FromDays(1), Cancellation));
        refused.Message.ShouldContain("UsesVirtualTime");
    }
}
