using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>What a node does when its disk, its clients or its own parts fail.</summary>
public sealed class NodeFailureTests
{
    [Fact]
    public async Task Nothing_is_held_open_after_a_stop_whatever_the_fetches_met()
    {
        await using var node = await NodeFixture.StartAsync(("max.incremental.fetch.session.cache.slots", "2"));
        await node.CreateTopicAsync("t", partitions: 3);
        using (var client = await node.ConnectAsync())
        {
            for (var partition = 0; partition < 2; partition++)
            {
                await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a"), partition: partition), 12);
            }

            // Found and sent; found but with an error beside it; found, but the session has moved on.
            await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t", partitions: 3), 12);
            await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t", partitions: 9), 12);
            var session = await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t", partitions: 3, sessionEpoch: 0), 12);
            await client.CallAsync<FetchResponse>(new FetchRequest { SessionId = session.SessionId, SessionEpoch = 7 }, 12);
        }

        // Closed while it waits for more than there is.
        using (var gone = await node.ConnectAsync())
        {
            var waiting = NodeFixture.Fetch("t", partitions: 2, maxWaitMs: 600_000);
            waiting.MinBytes = 1 << 20;
            await gone.SendAsync(waiting, 12);
        }

        await node.StopAsync();
        node.Disk.OpenHandles.ShouldBe(0);
    }

    [Fact]
    public async Task A_fetch_that_waits_is_answered_when_the_node_stops()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await client.SendAsync(NodeFixture.Fetch("t", maxWaitMs: 600_000), 12);
        await node.WhenWaitingAsync("t");

        var stopping = node.StopAsync();
        var answer = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 12);

        answer.Responses.Single().Partitions.Single().ErrorCode.ShouldBe(ErrorCode.None);
        await stopping;
    }

    [Fact]
    public async Task A_fetch_that_waits_learns_that_its_topic_was_deleted()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        using var admin = await node.ConnectAsync();
        await client.SendAsync(NodeFixture.Fetch("t", maxWaitMs: 600_000), 12);
        await node.WhenWaitingAsync("t");

        await admin.CallAsync<DeleteTopicsResponse>(new DeleteTopicsRequest { Topics = [new() { Name = new TopicName("t") }], TimeoutMs = 30_000 }, 6);
        var answer = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 12);

        answer.Responses.Single().Partitions.Single().ErrorCode.ShouldBe(ErrorCode.UnknownTopicOrPartition);
    }

    [Fact]
    public async Task A_full_disk_refuses_records_and_serves_those_that_are_there()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a")), 12);

        node.Disk.Fault = (operation, path) => operation == "write" && path.Contains("/t-0/", StringComparison.Ordinal) ? DiskErrorKind.NoSpace : null;
        var refused = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("b")), 12);
        var fetched = await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t"), 12);
        node.Disk.Fault = null;
        var taken = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("b")), 12);

        refused.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.NotEnoughReplicas);
        fetched.Responses.Single().Partitions.Single().Records!.Value.Length.ShouldBeGreaterThan(0);
        taken.Responses.Single().PartitionResponses.Single().BaseOffset.Value.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_directory_is_offline_and_the_others_go_on()
    {
        await using var node = await NodeFixture.StartAsync(["/data", "/more"]);
        await node.CreateTopicAsync("t", partitions: 2);
        using var client = await node.ConnectAsync();
        var lost = node.PartitionIn("/more", "t");
        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a"), partition: 1 - lost), 12);

        node.Disk.Fault = (operation, path) => path.Contains("more/", StringComparison.Ordinal) ? DiskErrorKind.Io : null;
        var failed = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("b"), partition: lost), 12);
        var fetched = await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t", partitions: 2), 12);

        failed.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.KafkaStorageError);
        var partitions = fetched.Responses.Single().Partitions;
        partitions[lost].ErrorCode.ShouldBe(ErrorCode.KafkaStorageError);
        partitions[1 - lost].Records!.Value.Length.ShouldBeGreaterThan(0);
        node.Completion.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Without_its_metadata_log_a_node_ends_and_leaves_no_mark_of_a_clean_stop()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();

        node.Disk.Fault = (_, path) => path.Contains("__cluster_metadata", StringComparison.Ordinal) ? DiskErrorKind.Io : null;
        await client.SendAsync(new CreateTopicsRequest { Topics = [new() { Name = "u", NumPartitions = 1, ReplicationFactor = 1 }], TimeoutMs = 30_000 }, 7);
        await Should.ThrowAsync<DiskException>(() => node.Completion);
        node.Disk.Fault = null;
        await node.StopAsync();

        node.Disk.FileExists("/data/.kafka_cleanshutdown").ShouldBeFalse();
        await node.StartAsync();
    }

    [Fact]
    public async Task A_start_whose_address_is_taken_leaves_the_directory_as_clean_as_it_was()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.StopAsync();
        using (node.TakeAddress())
        {
            await Should.ThrowAsync<NetworkException>(node.StartAsync);
        }

        node.Disk.FileExists("/data/.kafka_cleanshutdown").ShouldBeTrue();
    }

    [Fact]
    public async Task A_start_that_fails_lets_go_of_everything()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.StopAsync();

        node.Disk.Fault = (operation, path) => operation == "write" && path.Contains("__cluster_metadata", StringComparison.Ordinal) ? DiskErrorKind.Io : null;
        await Should.ThrowAsync<DiskException>(node.StartAsync);
        node.Disk.Fault = null;

        // The locks are free again, and the node is as good as before.
        await node.StartAsync();
        await node.CreateTopicAsync("t");
    }

    [Fact]
    public async Task A_damaged_checkpoint_of_high_watermarks_is_taken_for_missing()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using (var client = await node.ConnectAsync())
        {
            await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a")), 12);
        }

        await node.StopAsync();
        using (var file = node.Disk.Open("/data/replication-offset-checkpoint", DiskOpenMode.Truncate))
        {
            file.Write("rubbish"u8, 0);
        }

        await node.StartAsync();
        using var again = await node.ConnectAsync();
        var fetched = await again.CallAsync<FetchResponse>(NodeFixture.Fetch("t"), 12);
        fetched.Responses.Single().Partitions.Single().HighWatermark.Value.ShouldBe(1);
    }

    [Fact]
    public async Task The_log_of_a_topic_that_the_metadata_does_not_know_is_set_aside()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.StopAsync();
        node.Disk.CreateDirectory("/data/ghost-0");
        using (var file = node.Disk.Open("/data/ghost-0/partition.metadata", DiskOpenMode.OpenOrCreate))
        {
            file.Write("version: 0\ntopic_id: LpC4lLdsTJeF5c8GBDS5Gw"u8, 0);
        }

        await node.StartAsync();

        node.Disk.List("/data").ShouldContain(entry => entry.Name.StartsWith("ghost-0.", StringComparison.Ordinal) && entry.Name.EndsWith("-stray", StringComparison.Ordinal));
        node.Disk.List("/data").ShouldNotContain(entry => entry.Name == "ghost-0");
    }

    [Fact]
    public async Task Acknowledgements_of_all_replicas_come_for_each_of_many_who_append_at_once()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");

        async Task AppendAsync()
        {
            using var client = await node.ConnectAsync();
            for (var i = 0; i < 50; i++)
            {
                var produced = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a")), 12);
                produced.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.None);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(AppendAsync)));

        using var client = await node.ConnectAsync();
        var fetched = await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t"), 12);
        fetched.Responses.Single().Partitions.Single().HighWatermark.Value.ShouldBe(400);
    }
}
