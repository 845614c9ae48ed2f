using Moldau.Embedded.Tests;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Testing.Tests;

public class NetworkAndDiskFaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connections_are_cut_and_refused(bool usesSockets)
    {
        await using var node = await TestNode.StartAsync(options => options.UsesSockets = usesSockets, Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");

        node.Faults.Network.DropConnections().ShouldBe(1);
        (await Requests.LosesConnectionAsync(() => client.EndOffsetAsync("t"))).ShouldBeTrue();

        node.Faults.Network.RefusesConnections = true;
        using (var refused = await node.Node.ConnectAsync())
        {
            (await Requests.LosesConnectionAsync(() => refused.EndOffsetAsync("t"))).ShouldBeTrue();
        }

        node.Faults.Network.Heal();
        using var again = await node.Node.ConnectAsync();
        (await again.EndOffsetAsync("t")).ShouldBe(0);
    }

    [Fact]
    public async Task What_a_slow_network_sends_comes_when_the_clock_says()
    {
        await using var node = await TestNode.StartAsync(options => (options.UsesVirtualTime, options.UsesSockets) = (true, false), Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");

        node.Faults.Network.Latency = TimeSpan.FromHours(2);
        var asking = client.EndOffsetAsync("t");
        await node.Time.AdvanceAsync(TimeSpan.FromMinutes(65), Cancellation);
        asking.IsCompleted.ShouldBeFalse();
        await node.Time.AdvanceAsync(TimeSpan.FromMinutes(65), Cancellation);
        (await asking).ShouldBe(0);
    }

    [Fact]
    public async Task A_full_disk_refuses_records_until_there_is_room()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", "fits");

        node.Faults.Disk.IsFull = true;
        (await client.TryProduceAsync("t", "does not fit")).ShouldBe(ErrorCode.NotEnoughReplicas);
        node.Faults.Disk.Heal();
        (await client.ProduceAsync("t", "fits again")).ShouldBe(1);
    }

    [Fact]
    public async Task A_slow_disk_holds_what_must_be_durable_until_it_heals()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");

        node.Faults.Disk.SyncDelay = TimeSpan.FromMinutes(10);
        var producing = client.ProduceAsync("t", "durable");
        using (var other = await node.Node.ConnectAsync())
        {
            await other.EndOffsetAsync("t");
        }

        producing.IsCompleted.ShouldBeFalse();
        node.Faults.Disk.Heal();
        (await producing).ShouldBe(0);
    }

    [Fact]
    public async Task A_broken_disk_ends_the_node_and_a_restart_finds_what_was_durable()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using (var client = await node.Node.ConnectAsync())
        {
            await client.CreateTopicAsync("t");
            await client.ProduceAsync("t", "durable");
            node.Faults.Disk.Break();
            (await client.TryProduceAsync("t", "lost")).ShouldBe(ErrorCode.KafkaStorageError);
        }

        await Should.ThrowAsync<DiskException>(() => node.Node.Completion.WaitAsync(Cancellation));
        node.Faults.Disk.Heal();
        await node.RestartAsync(Cancellation);

        using var again = await node.Node.ConnectAsync();
        (await again.EndOffsetAsync("t")).ShouldBe(1);
    }
}
