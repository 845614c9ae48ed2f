using System.Text;
using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Embedded.Tests;

public class MoldauNodeTests
{
    [Fact]
    public async Task A_node_without_options_serves_on_a_free_port_of_loopback()
    {
        await using var node = await StartAsync();

        node.BootstrapServers.ShouldStartWith("127.0.0.1:");
        using var client = await node.ConnectAsync();
        await client.CreateTopicAsync("t");
        (await client.ProduceAsync("t", "hello")).ShouldBe(0);
        Encoding.UTF8.GetString(await client.FetchAsync("t")).ShouldContain("hello");
    }

    [Fact]
    public async Task Without_sockets_it_is_reached_through_its_network_in_memory()
    {
        await using var node = await StartAsync(options => options.UsesSockets = false);

        node.Network.ShouldBeOfType<MemoryNetwork>();
        using var client = await node.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", "hello");
        Encoding.UTF8.GetString(await client.FetchAsync("t")).ShouldContain("hello");
    }

    [Fact]
    public async Task Several_nodes_in_one_process_are_several_clusters()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await using var third = await StartAsync(options => options.UsesSockets = false);

        new[] { first.ClusterId, second.ClusterId, third.ClusterId }.Distinct().Count().ShouldBe(3);
        first.BootstrapServers.ShouldNotBe(second.BootstrapServers);
        using var client = await first.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", "hello");
        using var other = await second.ConnectAsync();
        await other.CreateTopicAsync("t");
        (await other.EndOffsetAsync("t")).ShouldBe(0);
    }

    [Fact]
    public async Task Nodes_without_sockets_may_share_one_network()
    {
        var network = new MemoryNetwork(completesInline: false);
        await using var first = await StartAsync(options => Join(options, "one"));
        await using var second = await StartAsync(options => Join(options, "two"));

        first.Network.ShouldBeSameAs(second.Network);
        using var client = await second.ConnectAsync();
        await client.CreateTopicAsync("t");

        void Join(MoldauNodeOptions options, string host)
        {
            options.UsesSockets = false;
            options.Host = host;
            options.Seams.Network = network;
        }
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_restart_at_the_same_address()
    {
        await using var node = await StartAsync();
        var address = node.BootstrapServers;
        using (var client = await node.ConnectAsync())
        {
            await client.CreateTopicAsync("t");
            await client.ProduceAsync("t", "hello");
        }

        await node.StopAsync();
        node.IsRunning.ShouldBeFalse();
        await node.RestartAsync(TestContext.Current.CancellationToken);

        node.BootstrapServers.ShouldBe(address);
        using var again = await node.ConnectAsync();
        (await again.EndOffsetAsync("t")).ShouldBe(1);
    }

    [Fact]
    public async Task A_kill_leaves_no_clean_shutdown_and_every_write()
    {
        await using var node = await StartAsync();
        using (var client = await node.ConnectAsync())
        {
            await client.CreateTopicAsync("t");
            await client.ProduceAsync("t", "hello", acks: 1);
        }

        await node.CrashAsync();
        node.MemoryDisk!.FileExists("/moldau/.kafka_cleanshutdown").ShouldBeFalse();
        await node.RestartAsync(TestContext.Current.CancellationToken);

        using var again = await node.ConnectAsync();
        (await again.EndOffsetAsync("t")).ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_acknowledged_while_the_node_was_being_killed_is_there_afterwards(bool losesUnsyncedBytes)
    {
        await using var node = await StartAsync(options => options.UsesSockets = false);
        using (var client = await node.ConnectAsync())
        {
            await client.CreateTopicAsync("t");
        }

        for (var round = 0; round < 5; round++)
        {
            var client = await node.ConnectAsync();
            var acknowledged = -1L;
            var producing = Requests.LosesConnectionAsync(async () =>
            {
                while (true)
                {
                    Volatile.Write(ref acknowledged, await client.ProduceAsync("t", "more"));
                }
            });
            while (Volatile.Read(ref acknowledged) < 0)
            {
                await Task.Yield();
            }

            await node.CrashAsync(losesUnsyncedBytes);
            (await producing).ShouldBeTrue();
            client.Dispose();
            await node.RestartAsync(TestContext.Current.CancellationToken);
            using var reader = await node.ConnectAsync();
            (await reader.EndOffsetAsync("t")).ShouldBeGreaterThan(acknowledged);
        }
    }

    [Fact]
    public async Task A_loss_of_power_takes_what_was_not_synced_and_leaves_what_was()
    {
        await using var node = await StartAsync();
        using (var client = await node.ConnectAsync())
        {
            await client.CreateTopicAsync("t");
            await client.ProduceAsync("t", "durable");
            await client.ProduceAsync("t", "lost", acks: 1);
        }

        await node.CrashAsync(losesUnsyncedBytes: true);
        await node.RestartAsync(TestContext.Current.CancellationToken);

        using var again = await node.ConnectAsync();
        (await again.EndOffsetAsync("t")).ShouldBe(1);
    }

    [Fact]
    public async Task A_directory_is_formatted_when_new_and_kept_over_kills_and_nodes()
    {
        var directory = Directory.CreateTempSubdirectory("moldau-embedded-").FullName;
        try
        {
            string cluster;
            await using (var node = await StartAsync(options => options.Directory = directory))
            {
                cluster = node.ClusterId;
                using (var client = await node.ConnectAsync())
                {
                    await client.CreateTopicAsync("t");
                    await client.ProduceAsync("t", "hello");
                }

                await node.CrashAsync();
                await node.RestartAsync(TestContext.Current.CancellationToken);
                using var again = await node.ConnectAsync();
                await again.ProduceAsync("t", "again");
            }

            File.Exists(Path.Combine(directory, "meta.properties")).ShouldBeTrue();
            await using var other = await StartAsync(options => options.Directory = directory);
            other.ClusterId.ShouldBe(cluster);
            using var last = await other.ConnectAsync();
            (await last.EndOffsetAsync("t")).ShouldBe(2);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Two_nodes_do_not_share_a_directory()
    {
        var directory = Directory.CreateTempSubdirectory("moldau-embedded-").FullName;
        try
        {
            await using var node = await StartAsync(options => options.Directory = directory);
            var refused = await Should.ThrowAsync<Exception>(() => StartAsync(options => options.Directory = directory));
            refused.Message.ShouldContain(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task On_a_directory_unsynced_bytes_cannot_be_lost()
    {
        var directory = Directory.CreateTempSubdirectory("moldau-embedded-").FullName;
        try
        {
            await using var node = await StartAsync(options => options.Directory = directory);
            await Should.ThrowAsync<NotSupportedException>(() => node.CrashAsync(losesUnsyncedBytes: true));
            node.IsRunning.ShouldBeTrue();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task An_unknown_key_is_refused_with_the_nearest_name()
    {
        var refused = await Should.ThrowAsync<ConfigurationException>(() => StartAsync(options => options.Override("num.partition", "3")));
        refused.Message.ShouldContain("num.partitions");
    }

    [Fact]
    public async Task A_quorum_of_several_nodes_is_refused_in_so_many_words()
    {
        var refused = await Should.ThrowAsync<InvalidDataException>(() => StartAsync(options => options.Override("controller.quorum.voters", "1@127.0.0.1:1,2@127.0.0.1:2")));
        refused.Message.ShouldContain("several nodes");
    }

    [Fact]
    public async Task The_process_keeps_its_environment()
    {
        var before = Environment.GetEnvironmentVariables().Count;
        await using var node = await StartAsync();

        Environment.GetEnvironmentVariables().Count.ShouldBe(before);
        Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS").ShouldBeNull();
    }

    [Fact]
    public async Task A_node_that_does_not_run_says_so()
    {
        await using var node = await StartAsync();
        await node.StopAsync();

        Should.Throw<InvalidOperationException>(() => node.ClusterId).Message.ShouldContain("does not run");
        await node.StopAsync();
        await node.CrashAsync();
    }

    private static Task<MoldauNode> StartAsync(Action<MoldauNodeOptions>? configure = null) => MoldauNode.StartAsync(configure, TestContext.Current.CancellationToken);
}
