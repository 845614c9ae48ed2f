using System.Diagnostics;
using Moldau.Client;
using Moldau.Embedded;

namespace Moldau.Testing.Tests;

/// <summary>What a process is like after many nodes. Runs alone, as it counts what belongs to the process.</summary>
[Collection(nameof(ManyRoundsTests))]
[CollectionDefinition(nameof(ManyRoundsTests), DisableParallelization = true)]
public class ManyRoundsTests
{
    /// <summary>What is made once for a process is made in these.</summary>
    private const int FirstRounds = 10;

    private const int Rounds = 150;

    /// <summary>The process's pools of buffers hold some megabytes now and then; over 600 rounds it was never more than 6.</summary>
    private const long PoolsBytesMax = 24 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_that_have_ended_leave_neither_memory_nor_handles_nor_timers(bool usesSockets)
    {
        await RoundsAsync(FirstRounds, usesSockets);
        (long bytes, int handles, long timers) = Left();

        List<WeakReference> ended = await RoundsAsync(Rounds, usesSockets);

        // The last steps of connections and timers end behind whoever disposed the node.
        for (int turn = 0; turn < 1_000 && !IsBack(); turn++)
        {
            await Task.Yield();
        }

        (long bytesNow, int handlesNow, long timersNow) = Left();
        TestContext.Current.TestOutputHelper?.WriteLine($"bytes {bytes} {bytesNow}, handles {handles} {handlesNow}, timers {timers} {timersNow}");
        ended.Count(node => node.IsAlive).ShouldBe(0, "nodes are still reached by something");
        handlesNow.ShouldBeLessThan(handles + (Rounds / 2));
        timersNow.ShouldBeLessThan(timers + (Rounds / 2));
        (bytesNow - bytes).ShouldBeLessThan(PoolsBytesMax, "each node leaves a part of itself");

        bool IsBack()
        {
            (_, int handlesLeft, long timersLeft) = Left();
            return !ended.Exists(node => node.IsAlive) && handlesLeft <= handles && timersLeft <= timers;
        }
    }

    private static (long Bytes, int Handles, long Timers) Left()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long bytes = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return (bytes, process.HandleCount, Timer.ActiveCount);
    }

    private static async Task<List<WeakReference>> RoundsAsync(int count, bool usesSockets)
    {
        List<WeakReference> nodes = [];
        for (int round = 0; round < count; round++)
        {
            nodes.Add(new WeakReference(await RoundAsync(round, usesSockets)));
        }

        return nodes;
    }

    /// <summary>A node with a client, of each way to end in turn. Returns what must not be kept.</summary>
    private static async Task<MoldauNode> RoundAsync(int round, bool usesSockets)
    {
        await using var node = await TestNode.StartAsync(options => (options.UsesSockets, options.UsesVirtualTime) = (usesSockets, round % 2 == 0), Cancellation);
        await using (var producer = new Producer(node.For(new ProducerOptions())))
        {
            await producer.SendAsync("t", "hello"u8, Cancellation);
        }

        switch (round % 3)
        {
            case 0:
                await node.CrashAsync(losesUnsyncedBytes: true);
                break;
            case 1:
                await node.RestartAsync(Cancellation);
                break;
            default:
                break;
        }

        return node.Node;
    }
}
