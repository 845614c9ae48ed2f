using Moldau.Client;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Testing.Tests.Clients;

/// <summary>What a test of an application writes about the cluster as a whole: its network, its disk, its crashes and its time.</summary>
public class NodeUnderFaultsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clients_come_back_after_connections_were_cut_and_refused(bool usesSockets)
    {
        await using var node = await TestNode.StartAsync(options => options.UsesSockets = usesSockets, Cancellation);
        await using var producer = new Producer<string, string>(node.For(new ProducerOptions()), Serdes.Utf8, Serdes.Utf8);
        await using var consumer = Reader(node, "orders");
        await producer.SendAsync("orders", "k", "1", cancellationToken: Cancellation);
        (await consumer.TakeAsync(1)).ShouldBe(["1"]);

        node.Faults.Network.RefusesConnections = true;
        node.Faults.Network.DropConnections().ShouldBeGreaterThan(0);
        Task<List<string>> taking = consumer.TakeAsync(1);
        Task<RecordMetadata> sending = producer.SendAsync("orders", "k", "2", cancellationToken: Cancellation).AsTask();
        sending.IsCompleted.ShouldBeFalse();

        node.Faults.Network.RefusesConnections = false;
        await sending;
        (await taking).ShouldBe(["2"]);
    }

    [Fact]
    public async Task A_group_goes_on_where_it_committed_after_a_crash()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer<string, string>(node.For(new ProducerOptions()), Serdes.Utf8, Serdes.Utf8);
        await using (var consumer = Reader(node, "orders", "billing"))
        {
            await producer.SendAsync("orders", "k", "done", cancellationToken: Cancellation);
            (await consumer.TakeAsync(1)).ShouldBe(["done"]);
            await consumer.CommitAsync(Cancellation);

            await node.CrashAsync(losesUnsyncedBytes: true);
            await node.RestartAsync(Cancellation);
            await producer.SendAsync("orders", "k", "after", cancellationToken: Cancellation);
            (await consumer.TakeAsync(1)).ShouldBe(["after"]);
        }

        await using var next = Reader(node, "orders", "billing");
        await producer.SendAsync("orders", "k", "last", cancellationToken: Cancellation);
        (await next.TakeAsync(2)).ShouldBe(["after", "last"]);
    }

    [Fact]
    public async Task A_broken_disk_ends_the_node_and_clients_go_on_after_a_restart()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var producer = new Producer<string, string>(node.For(new ProducerOptions()), Serdes.Utf8, Serdes.Utf8);
        await producer.SendAsync("orders", "k", "durable", cancellationToken: Cancellation);

        node.Faults.Disk.Break(path => path.Contains("/orders-0/", StringComparison.Ordinal));
        Task<RecordMetadata> sending = producer.SendAsync("orders", "k", "sent again", cancellationToken: Cancellation).AsTask();
        await Should.ThrowAsync<DiskException>(() => node.Node.Completion.WaitAsync(Cancellation));
        node.Faults.Disk.Heal();
        await node.RestartAsync(Cancellation);

        await sending;
        (await node.ReadAllAsync("orders")).ShouldBe(["durable", "sent again"]);
    }

    [Fact]
    public async Task What_an_administrator_asks_for_is_refused_with_the_error_of_the_rule()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var admin = new AdminClient(node.For(new AdminOptions()));
        node.Faults.Fail(ApiKey.CreateTopics, ErrorCode.PolicyViolation);

        KafkaException refused = await Should.ThrowAsync<KafkaException>(() => admin.CreateTopicAsync(new NewTopic("orders", 3), Cancellation));
        refused.Code.ShouldBe(ErrorCode.PolicyViolation);
        await admin.CreateTopicAsync(new NewTopic("orders", 3), Cancellation);
    }

    [Fact]
    public async Task A_week_passes_for_the_records_of_a_client_that_shares_the_clock()
    {
        await using var node = await TestNode.StartAsync(options => options.UsesVirtualTime = true, Cancellation);
        var seams = new ClientSeams { Time = node.Time.Provider };
        await using var admin = new AdminClient(node.For(new AdminOptions()));
        await admin.CreateTopicAsync(new NewTopic("orders", 1) { Configs = new Dictionary<string, string?> { ["retention.ms"] = "86400000" } }, Cancellation);
        await using (var producer = new Producer(node.For(new ProducerOptions { Seams = seams })))
        {
            await producer.SendAsync("orders", "old"u8, Cancellation);
            await producer.SendAsync("orders", "old, too"u8, Cancellation);
        }

        await node.Time.AdvanceAsync(TimeSpan.FromDays(7), Cancellation);

        await using var consumer = new Consumer(node.For(new ConsumerOptions()));
        var partition = new TopicPartition("orders", 0);
        (await consumer.BeginningOffsetsAsync([partition], Cancellation))[partition].ShouldBe(2);
    }

    private static Consumer<string, string> Reader(TestNode node, string topic, string? group = null)
    {
        var options = new ConsumerOptions { GroupId = group, OffsetReset = OffsetReset.Earliest };
        var consumer = new Consumer<string, string>(node.For(options), Serdes.Utf8, Serdes.Utf8);
        if (group is null)
        {
            consumer.Raw.Assign(new TopicPartition(topic, 0));
        }
        else
        {
            consumer.Subscribe(topic);
        }

        return consumer;
    }
}
