using Moldau.Client;
using Moldau.Embedded.Tests;

namespace Moldau.Testing.Tests;

public class TestNodeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_killed_and_loses_power_and_goes_on(bool usesVirtualTime)
    {
        await using var node = await TestNode.StartAsync(options => options.UsesVirtualTime = usesVirtualTime, Cancellation);
        using (var client = await node.Node.ConnectAsync())
        {
            await client.CreateTopicAsync("t");
            await client.ProduceAsync("t", "durable");
            await client.ProduceAsync("t", "in the cache", acks: 1);
        }

        await node.CrashAsync();
        await node.RestartAsync(Cancellation);
        using (var client = await node.Node.ConnectAsync())
        {
            (await client.EndOffsetAsync("t")).ShouldBe(2);
            await client.ProduceAsync("t", "lost", acks: 1);
        }

        await node.CrashAsync(losesUnsyncedBytes: true);
        await node.RestartAsync(Cancellation);
        using var last = await node.Node.ConnectAsync();
        (await last.EndOffsetAsync("t")).ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_identifiers()
    {
        await using var first = await TestNode.StartAsync(options => options.Seed = 7, Cancellation);
        await using var second = await TestNode.StartAsync(options => options.Seed = 7, Cancellation);
        await using var third = await TestNode.StartAsync(options => options.Seed = 8, Cancellation);

        second.Node.ClusterId.ShouldBe(first.Node.ClusterId);
        third.Node.ClusterId.ShouldNotBe(first.Node.ClusterId);
    }

    [Fact]
    public async Task Nodes_start_and_serve_beside_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            await using var node = await TestNode.StartAsync(options => (options.UsesVirtualTime, options.UsesSockets) = (number % 3 == 0, number % 2 == 0), Cancellation);
            using var client = await node.Node.ConnectAsync();
            await client.CreateTopicAsync("t");
            (await client.ProduceAsync("t", "hello")).ShouldBe(0);
        }));
    }

    [Fact]
    public async Task A_shared_node_is_started_once_and_gives_each_test_names_of_its_own()
    {
        using var shared = new SharedNode();
        var node = await shared.NodeAsync();

        (await shared.NodeAsync()).ShouldBeSameAs(node);
        shared.NewName("t").ShouldNotBe(shared.NewName("t"));
        node.For(new ConsumerOptions()).BootstrapServers.ShouldBe(node.BootstrapServers);
        shared.Dispose();
        node.Node.IsRunning.ShouldBeFalse();
    }
}
