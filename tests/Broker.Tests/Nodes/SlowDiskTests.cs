using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>Nothing that waits for a device, and nothing that computes for long, runs where sockets are polled: the connections of that thread are answered meanwhile.</summary>
public sealed class SlowDiskTests
{
    [Fact]
    public async Task While_a_group_commit_waits_for_the_device_others_are_answered() =>
        await OthersAreAnsweredAsync("sync", NodeFixture.Batch("a record"), isRestarted: false, ("durability", "fsync"));

    [Fact]
    public async Task While_a_log_looks_at_its_files_for_the_first_time_others_are_answered() =>
        await OthersAreAnsweredAsync("open", NodeFixture.Batch("a record"), isRestarted: true, ("durability", "kafka"));

    /// <summary>The thread that writes what it has compressed is the one that compressed it.</summary>
    [Fact]
    public async Task While_a_batch_is_compressed_anew_others_are_answered() =>
        await OthersAreAnsweredAsync("write", NodeFixture.Batch("a record"), isRestarted: false, ("durability", "kafka"), ("compression.type", "lz4"));

    [Theory]
    [InlineData(CompressionType.Zstd, 1)]
    [InlineData(CompressionType.Gzip, 4_000)]
    [InlineData(CompressionType.Lz4, 20_000)]
    public async Task While_a_batch_is_decompressed_others_are_answered(CompressionType type, int bytes) =>
        await OthersAreAnsweredAsync("write", Compressed(type, bytes), isRestarted: false, ("durability", "kafka"));

    [Fact]
    public async Task While_a_segment_is_begun_others_are_answered() =>
        await OthersAreAnsweredAsync("truncate", NodeFixture.Batch(new string('x', 600_000)), isRestarted: false, ("durability", "kafka"), ("segment.bytes", "1048576"));

    [Fact]
    public async Task While_a_segment_is_begun_because_the_last_is_old_others_are_answered() => await OthersAreAnsweredAsync(
        "truncate", NodeFixture.Batch("a record"), NodeFixture.Batch(1_767_225_600_000 + 7_200_000, "hours later"), isRestarted: false, ("durability", "kafka"), ("segment.ms", "3600000"));

    private static Task OthersAreAnsweredAsync(string operation, byte[] batch, bool isRestarted, params (string Key, string Value)[] configs) =>
        OthersAreAnsweredAsync(operation, batch, batch, isRestarted, configs);

    /// <summary>Blocks one operation on the files of a topic, which a produce request leads to, and lets another connection of the same thread ask something meanwhile.</summary>
    private static async Task OthersAreAnsweredAsync(string operation, byte[] first, byte[] batch, bool isRestarted, params (string Key, string Value)[] configs)
    {
        using var sockets = new SocketThread();
        await using var node = await NodeFixture.StartAsync();
        node.Accepted = sockets.Wrap;
        await node.CreateTopicAsync("slow", 1, configs);
        using (var client = await node.ConnectAsync())
        {
            await ShouldBeTakenAsync(client, first);
        }

        if (isRestarted)
        {
            await node.StopAsync();
            await node.StartAsync();
        }

        using var blocked = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var isHit = 0;
        node.Disk.Fault = (found, path) =>
        {
            if (found == operation && path.Contains("/slow-0/", StringComparison.Ordinal) && Interlocked.Exchange(ref isHit, 1) == 0)
            {
                blocked.Release();
                release.Wait(TestContext.Current.CancellationToken);
            }

            return null;
        };
        try
        {
            using var producer = await node.ConnectAsync();
            using var other = await node.ConnectAsync();
            await other.CallAsync<ApiVersionsResponse>(new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1" }, 3);
            var producing = ShouldBeTakenAsync(producer, batch);
            await blocked.WaitAsync(TestContext.Current.CancellationToken);
            await other.CallAsync<ApiVersionsResponse>(new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1" }, 3);
            producing.IsCompleted.ShouldBeFalse("the request waits for the disk");
            release.Set();
            await producing;
        }
        finally
        {
            release.Set();
        }
    }

    private static async Task ShouldBeTakenAsync(NodeClient client, byte[] batch)
    {
        var answer = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("slow", batch, acks: 1), 12);
        var partition = answer.Responses.Single().PartitionResponses.Single();
        partition.ErrorCode.ShouldBe(ErrorCode.None, partition.ErrorMessage);
    }

    /// <summary>One record of random bytes, which no codec makes smaller.</summary>
    private static byte[] Compressed(CompressionType type, int bytes)
    {
        var value = new byte[bytes];
        new Random(7).NextBytes(value);
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { Compression = RecordCompression.Of(type) });
        builder.Append(1_767_225_600_000, null, value);
        return builder.BuildArray();
    }
}
