using System.Text;
using Moldau.Client;
using Moldau.Protocol;

namespace Moldau.Testing.Tests.Clients;

/// <summary>What a test of an application writes about its producer: a fault of docs/in-process.md, the client as it is, and what the topic holds afterwards.</summary>
public class ProducerUnderFaultsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ErrorCode.NotLeaderOrFollower)]
    [InlineData(ErrorCode.NotEnoughReplicas)]
    [InlineData(ErrorCode.RequestTimedOut)]
    public async Task Errors_that_pass_are_tried_again(ErrorCode error)
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions()));
        using RequestFault fault = node.Faults.Fail(ApiKey.Produce, error, times: 3);

        await producer.SendAsync("orders", "key"u8, "once"u8, Cancellation);

        fault.Hits.ShouldBe(3);
        producer.Statistics.RecordsRetried.ShouldBe(3);
        (await node.ReadAllAsync("orders")).ShouldBe(["once"]);
    }

    [Fact]
    public async Task An_error_that_does_not_pass_is_thrown_with_its_code()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions()));
        node.Faults.Fail(ApiKey.Produce, ErrorCode.TopicAuthorizationFailed);

        KafkaException refused = await Should.ThrowAsync<KafkaException>(async () => await producer.SendAsync("orders", "no"u8, Cancellation));
        refused.Code.ShouldBe(ErrorCode.TopicAuthorizationFailed);
        refused.IsRetriable.ShouldBeFalse();

        await producer.SendAsync("orders", "yes"u8, Cancellation);
        (await node.ReadAllAsync("orders")).ShouldBe(["yes"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_request_and_a_lost_answer_leave_the_record_once(bool losesAnswer)
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions()));
        using RequestFault fault = losesAnswer ? node.Faults.LoseAnswer(ApiKey.Produce, times: 2) : node.Faults.LoseRequest(ApiKey.Produce, times: 2);

        await producer.SendAsync("orders", "once"u8, Cancellation);

        fault.Hits.ShouldBe(2);
        (await node.ReadAllAsync("orders")).ShouldBe(["once"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_broker_is_waited_for(bool isServedAtOnce)
    {
        await using var node = await TestNode.StartAsync(options => options.UsesVirtualTime = true, Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions()));
        await producer.SendAsync("orders", "first"u8, Cancellation);
        using RequestFault fault = isServedAtOnce ? node.Faults.DelayAnswer(ApiKey.Produce, TimeSpan.FromHours(1)) : node.Faults.Delay(ApiKey.Produce, TimeSpan.FromHours(1));

        Task<RecordMetadata> sending = producer.SendAsync("orders", "late"u8, Cancellation).AsTask();
        await fault.FirstHit.WaitAsync(Cancellation);
        (await node.ReadAllAsync("orders")).Count.ShouldBe(isServedAtOnce ? 2 : 1);
        sending.IsCompleted.ShouldBeFalse();

        await node.Time.AdvanceAsync(TimeSpan.FromHours(1), Cancellation);
        (await sending).Offset.ShouldBe(1);
    }

    [Fact]
    public async Task A_broker_that_hangs_is_given_up_after_the_request_time_out_and_the_record_is_sent_again()
    {
        await using var node = await TestNode.StartAsync(options => options.UsesVirtualTime = true, Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions { Seams = new() { Time = node.Time.Provider } }));
        using RequestFault fault = node.Faults.Hang(ApiKey.Produce);

        Task<RecordMetadata> sending = producer.SendAsync("orders", "once"u8, Cancellation).AsTask();
        await fault.FirstHit.WaitAsync(Cancellation);
        sending.IsCompleted.ShouldBeFalse();
        await node.Time.AdvanceAsync(TimeSpan.FromSeconds(31), Cancellation);

        await sending;
        (await node.ReadAllAsync("orders")).ShouldBe(["once"]);
    }

    [Fact]
    public async Task A_rule_for_one_client_id_leaves_other_clients_alone()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var billing = new Producer(node.For(new ProducerOptions { ClientId = "billing" }));
        await using var other = new Producer(node.For(new ProducerOptions { ClientId = "other" }));
        using RequestFault fault = node.Faults.Fail(ApiKey.Produce, ErrorCode.TopicAuthorizationFailed, NodeFaults.Always, clientId: "billing");

        await Should.ThrowAsync<KafkaException>(async () => await billing.SendAsync("orders", "no"u8, Cancellation));
        await other.SendAsync("orders", "yes"u8, Cancellation);

        fault.Dispose();
        await billing.SendAsync("orders", "now"u8, Cancellation);
        (await node.ReadAllAsync("orders")).ShouldBe(["yes", "now"]);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_a_commit()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions { TransactionalId = "billing" }));
        await producer.InitTransactionsAsync(Cancellation);

        producer.BeginTransaction();
        await producer.SendAsync("orders", "committed"u8, Cancellation);
        using (RequestFault lost = node.Faults.LoseAnswer(ApiKey.EndTxn))
        {
            await producer.CommitTransactionAsync(Cancellation);
            lost.Hits.ShouldBe(1);
        }

        producer.BeginTransaction();
        await producer.SendAsync("orders", "aborted"u8, Cancellation);
        node.Faults.Fail(ApiKey.EndTxn, ErrorCode.CoordinatorLoadInProgress, times: 2);
        await producer.AbortTransactionAsync(Cancellation);

        producer.BeginTransaction();
        await producer.SendAsync("orders", "last"u8, Cancellation);
        await producer.CommitTransactionAsync(Cancellation);
        (await node.ReadAsync("orders", 2)).ShouldBe(["committed", "last"]);
    }

    [Fact]
    public async Task A_transaction_in_which_a_record_is_refused_is_aborted_and_begun_again()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions { TransactionalId = "billing" }));
        await producer.InitTransactionsAsync(Cancellation);

        node.Faults.Fail(ApiKey.Produce, ErrorCode.TopicAuthorizationFailed);
        producer.BeginTransaction();
        await Should.ThrowAsync<KafkaException>(async () => await producer.SendAsync("orders", "refused"u8, Cancellation));
        (await Should.ThrowAsync<TransactionException>(() => producer.CommitTransactionAsync(Cancellation))).IsFatal.ShouldBeFalse();
        await producer.AbortTransactionAsync(Cancellation);

        producer.BeginTransaction();
        await producer.SendAsync("orders", "taken"u8, Cancellation);
        await producer.CommitTransactionAsync(Cancellation);
        (await node.ReadAsync("orders", 1)).ShouldBe(["taken"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_under_way_when_the_broker_crashes_is_written_once_and_in_order(bool losesUnsyncedBytes)
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions()));
        await producer.SendAsync("orders", "0"u8, Cancellation);
        using RequestFault fault = node.Faults.LoseAnswer(ApiKey.Produce);

        List<Task<RecordMetadata>> sending = [];
        for (int i = 1; i <= 50; i++)
        {
            sending.Add(producer.SendAsync("orders", Encoding.UTF8.GetBytes($"{i}"), Cancellation).AsTask());
        }

        await fault.FirstHit.WaitAsync(Cancellation);
        await node.CrashAsync(losesUnsyncedBytes);
        await node.RestartAsync(Cancellation);

        await Task.WhenAll(sending);
        (await node.ReadAllAsync("orders")).ShouldBe(Enumerable.Range(0, 51).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_full_disk_holds_records_back_until_there_is_room()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer(node.For(new ProducerOptions()));
        await producer.SendAsync("orders", "fits"u8, Cancellation);

        node.Faults.Disk.IsFull = true;
        Task<RecordMetadata> sending = producer.SendAsync("orders", "waits"u8, Cancellation).AsTask();
        while (producer.Statistics.RecordsRetried == 0)
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        (await node.ReadAllAsync("orders")).ShouldBe(["fits"]);
        sending.IsCompleted.ShouldBeFalse();
        node.Faults.Disk.IsFull = false;
        await sending;
        (await node.ReadAllAsync("orders")).ShouldBe(["fits", "waits"]);
    }
}
