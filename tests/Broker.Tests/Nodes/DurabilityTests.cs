using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Broker.Tests;

/// <summary>The key durability (ours), seen by clients of a node whose machine loses power.</summary>
public sealed class DurabilityTests
{
    private const int Clients = 3;
    private const int Requests = 20;

    [Theory]
    [InlineData("fsync", -1)]
    [InlineData("fsync", 1)]
    [InlineData("auto", -1)]
    public async Task What_was_acknowledged_is_there_after_the_machine_lost_power_at_any_acknowledgement(string durability, short acks)
    {
        await using var node = await NodeFixture.StartAsync();
        var (begin, answers) = await ProduceAsync(node, durability, acks);

        foreach (var (offset, operations) in answers.Where((_, i) => i % 7 == 0).Append(answers.MaxBy(answer => answer.Operations)))
        {
            var disk = PowerLoss.After(begin, node.Disk.Journal, operations);
            EndOf(disk).ShouldBeGreaterThan(offset, $"offset {offset} was acknowledged after {operations} operations of the disk");
        }

        node.Replace(PowerLoss.After(begin, node.Disk.Journal, answers.Max(answer => answer.Operations)));
        await node.StartAsync();
        using var client = await node.ConnectAsync();
        (await HighWatermarkAsync(client)).ShouldBe(Clients * Requests);
    }

    [Theory]
    [InlineData("kafka", -1)]
    [InlineData("auto", 1)]
    public async Task Without_it_a_record_is_acknowledged_before_it_is_durable(string durability, short acks)
    {
        await using var node = await NodeFixture.StartAsync();
        var (begin, answers) = await ProduceAsync(node, durability, acks);

        EndOf(PowerLoss.After(begin, node.Disk.Journal, answers.Max(answer => answer.Operations))).ShouldBeLessThan(Clients * Requests);
    }

    [Fact]
    public async Task A_failed_sync_is_not_tried_again_and_what_waited_for_it_is_refused()
    {
        await using var node = await NodeFixture.StartAsync(["/data", "/more"], ("durability", "fsync"));
        await node.CreateTopicAsync("t", partitions: 2);
        var lost = node.PartitionIn("/more", "t");
        using var client = await node.ConnectAsync();
        var syncs = 0;
        node.Disk.Fault = (operation, path) =>
            operation == "sync" && path.StartsWith("more/", StringComparison.Ordinal) && Interlocked.Increment(ref syncs) == 1 ? DiskErrorKind.Io : null;

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(NodeFixture.Produce("t", NodeFixture.Batch("a record"), partition: lost), 12);
        }

        for (var i = 0; i < 3; i++)
        {
            var answer = await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 12);
            answer.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.KafkaStorageError);
        }

        (await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a record"), partition: 1 - lost), 12))
            .Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.None);
        syncs.ShouldBe(1);
    }

    [Theory]
    [InlineData("flush.messages", "3")]
    [InlineData("flush.messages", "1")]
    public async Task Flush_messages_syncs_before_the_acknowledgement_of_the_record_that_reaches_it(string key, string value)
    {
        await using var node = await NodeFixture.StartAsync(("durability", "kafka"));
        await node.CreateTopicAsync("t", 1, (key, value));
        await node.StopAsync();
        var begin = node.Disk.Clone();
        node.Disk.StartJournal();
        await node.StartAsync();
        using var client = await node.ConnectAsync();
        var every = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);

        for (var i = 0; i < 2 * every; i++)
        {
            var answer = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a record")), 12);
            answer.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.None);
            EndOf(PowerLoss.After(begin, node.Disk.Journal, node.Disk.Journal.Count)).ShouldBe((i + 1) / every * every, $"after {i + 1} records");
        }
    }

    private static async Task<(MemoryDisk Begin, List<(long Offset, int Operations)> Answers)> ProduceAsync(NodeFixture node, string durability, short acks)
    {
        await node.CreateTopicAsync("t", 1, ("durability", durability), ("internal.segment.bytes", "1000"));
        await node.StopAsync();
        var begin = node.Disk.Clone();
        node.Disk.StartJournal();
        await node.StartAsync();
        var answers = new List<(long, int)>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => ProduceAsync(node, acks, answers)));
        await node.StopAsync();
        return (begin, answers);
    }

    private static async Task ProduceAsync(NodeFixture node, short acks, List<(long, int)> answers)
    {
        using var client = await node.ConnectAsync();
        for (var i = 0; i < Requests; i++)
        {
            await client.SendAsync(NodeFixture.Produce("t", NodeFixture.Batch("a record"), acks), 12);
        }

        for (var i = 0; i < Requests; i++)
        {
            var answer = (await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 12)).Responses.Single().PartitionResponses.Single();
            answer.ErrorCode.ShouldBe(ErrorCode.None, answer.ErrorMessage);
            lock (answers)
            {
                answers.Add((answer.BaseOffset.Value, node.Disk.Journal.Count));
            }
        }
    }

    /// <summary>How many records the log files of the partition hold, one by one.</summary>
    private static long EndOf(MemoryDisk disk)
    {
        long bytes = 0;
        foreach (var entry in disk.List("/data/t-0").Where(entry => entry.Name.EndsWith(".log", StringComparison.Ordinal)))
        {
            using var file = disk.Open($"/data/t-0/{entry.Name}", DiskOpenMode.Read);
            bytes += file.Length;
        }

        return bytes / NodeFixture.Batch("a record").Length;
    }

    private static async Task<long> HighWatermarkAsync(NodeClient client)
    {
        var fetched = await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t", maxWaitMs: 0), 12);
        return fetched.Responses.Single().Partitions.Single().HighWatermark.Value;
    }
}
