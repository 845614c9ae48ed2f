using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>How often a coordinator reads its log when a node starts.</summary>
public sealed class CoordinatorLoadTests
{
    private const int Partitions = 3;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    public async Task A_coordinator_reads_each_of_its_partitions_once_after_a_start(bool wasKilled, sbyte keyType)
    {
        var topic = keyType == 0 ? "__consumer_offsets" : "__transaction_state";
        await using var node = await NodeFixture.StartAsync(
            ("offsets.topic.num.partitions", "3"),
            ("offsets.topic.replication.factor", "1"),
            ("transaction.state.log.num.partitions", "3"),
            ("transaction.state.log.replication.factor", "1"),
            ("transaction.state.log.min.isr", "1"));
        using (var client = await node.ConnectAsync())
        {
            await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = keyType, CoordinatorKeys = ["an id"] }, 4);
        }

        await WhenLoadedAsync(Partitions);
        await (wasKilled ? node.CrashAsync() : node.StopAsync());
        var before = Loaded();
        await node.StartAsync();
        await WhenLoadedAsync(before + Partitions);

        // What was to be loaded is loaded before a node has stopped.
        await node.StopAsync();
        (Loaded() - before).ShouldBe(Partitions);

        int Loaded() => node.Log.At(LogLevel.Information).Count(line => line.Contains(topic, StringComparison.Ordinal) && line.Contains(": loaded ", StringComparison.Ordinal));

        async Task WhenLoadedAsync(int count)
        {
            while (Loaded() < count)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
