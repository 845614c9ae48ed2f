using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>Whatever comes over the wire, a node goes on serving, says one line for each connection that it closes, and never fails inside. MOLDAU_FUZZ_FRAMES sends more frames.</summary>
public sealed class FrameFuzzTests
{
    private const int ControllerPort = 9093;
    private static readonly int Frames = int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_FUZZ_FRAMES"), out var frames) ? frames : 3000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Frames_with_damage_of_every_kind_leave_the_node_serving(int seed)
    {
        var random = new Random(seed);
        var mutator = new FrameMutator(random);
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var probe = await node.ConnectAsync("probe");
        List<byte[]> valid = [.. FrameMutator.Golden(), .. Meaningful()];

        for (var round = 0; round < Frames; round++)
        {
            var frame = random.Next(8) switch
            {
                0 => mutator.Noise(),
                1 => valid[random.Next(valid.Count)],
                _ => mutator.Mutate(valid[random.Next(valid.Count)]),
            };
            var what = $"seed {seed}, round {round}, frame {Convert.ToHexString(frame.AsSpan(0, Math.Min(frame.Length, 2000)))}";
            using var peer = random.Next(8) == 0 ? await node.ConnectRawAsync($"peer-{round}", ControllerPort) : await node.ConnectRawAsync($"peer-{round}");
            await peer.Send(frame);
            (await probe.CallAsync<ApiVersionsResponse>(new ApiVersionsRequest(), 0)).ErrorCode.ShouldBe(ErrorCode.None, what);
            node.Log.At(LogLevel.Error).ShouldBeEmpty(what);
        }

        await node.StopAsync();
        node.Log.At(LogLevel.Error).ShouldBeEmpty($"seed {seed}");
        var closed = node.Log.At(LogLevel.Warning).Where(line => line.StartsWith("Closed connection", StringComparison.Ordinal)).Select(Peer).ToList();
        closed.Count.ShouldBeGreaterThan(Frames / 4, $"seed {seed}: most damage is seen");
        closed.ShouldBeUnique($"seed {seed}: one line for each connection");
    }

    [Fact]
    public async Task Half_frames_that_announce_much_take_no_memory_and_stop_nobody()
    {
        const int peers = 500;
        await using var node = await NodeFixture.StartAsync(("queued.max.request.bytes", "268435456"));
        using var probe = await node.ConnectAsync("probe");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var open = new List<TestPeer>();
        var half = new byte[64];
        BinaryPrimitives.WriteInt32BigEndian(half, 100 * 1024 * 1024);
        BinaryPrimitives.WriteInt16BigEndian(half.AsSpan(6), 9);
        for (var i = 0; i < peers; i++)
        {
            var peer = await node.ConnectRawAsync($"peer-{i}");
            open.Add(peer);
            await peer.Send(half);
        }

        (await probe.CallAsync<ApiVersionsResponse>(new ApiVersionsRequest(), 0)).ErrorCode.ShouldBe(ErrorCode.None);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(512L << 20, "500 peers announced 50 GB, and queued.max.request.bytes is 256 MB");
        open.ForEach(peer => peer.Dispose());
        (await probe.CallAsync<ApiVersionsResponse>(new ApiVersionsRequest(), 0)).ErrorCode.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task A_flood_of_connections_leaves_the_node_serving()
    {
        await using var node = await NodeFixture.StartAsync();
        using var probe = await node.ConnectAsync("probe");
        for (var round = 0; round < 20; round++)
        {
            var flood = new List<TestPeer>();
            for (var i = 0; i < 100; i++)
            {
                flood.Add(await node.ConnectRawAsync($"peer-{round}-{i}"));
            }

            (await probe.CallAsync<ApiVersionsResponse>(new ApiVersionsRequest(), 0)).ErrorCode.ShouldBe(ErrorCode.None);
            flood.ForEach(peer => peer.Dispose());
        }

        node.Log.At(LogLevel.Error).ShouldBeEmpty();
    }

    /// <summary>Requests that a node does something for, so that damage reaches what lies behind the decoders.</summary>
    private static IEnumerable<byte[]> Meaningful()
    {
        for (short version = 3; version <= 12; version++)
        {
            yield return NodeClient.Frame(NodeFixture.Produce("t", NodeFixture.Batch("a", "b"), acks: 1), version, 1, "fuzz");
        }

        for (short version = 4; version <= 12; version++)
        {
            yield return NodeClient.Frame(
                new FetchRequest { MaxBytes = 1 << 20, Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, PartitionMaxBytes = 1 << 20 }] }] }, version, 1, "fuzz");
        }

        for (short version = 1; version <= 10; version++)
        {
            yield return NodeClient.Frame(
                new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] }] }, version, 1, "fuzz");
        }

        for (short version = 2; version <= 7; version++)
        {
            yield return NodeClient.Frame(
                new CreateTopicsRequest { Topics = [new() { Name = $"made-{version}", NumPartitions = 2, ReplicationFactor = 1 }], TimeoutMs = 1000 }, version, 1, "fuzz");
        }
    }

    /// <summary>"Closed connection from PEER on listener …".</summary>
    private static string Peer(string line) => line.Split(' ')[3];
}
