using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>A whole node in memory, seen by a client.</summary>
public sealed class NodeTests
{
    [Fact]
    public async Task Records_are_produced_and_fetched_again()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();

        var produced = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a", "b", "c")), 12);
        produced.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.None);
        var fetched = await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t", offset: 0), 12);

        var partition = fetched.Responses.Single().Partitions.Single();
        partition.HighWatermark.Value.ShouldBe(3);
        partition.Records!.Value.Length.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("1@127.0.0.1:9093,2@127.0.0.1:9094", "clusters of several nodes are not here yet")]
    [InlineData("", "set controller.quorum.voters as it was then")]
    public async Task A_quorum_that_is_not_this_node_alone_is_refused_with_the_reason(string voters, string reason)
    {
        string bootstrap = voters.Length == 0 ? "127.0.0.1:9093" : "";
        var refused = await Should.ThrowAsync<InvalidDataException>(
            () => NodeFixture.StartAsync(("controller.quorum.voters", voters), ("controller.quorum.bootstrap.servers", bootstrap)));
        refused.Message.ShouldContain(reason);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using (var client = await node.ConnectAsync())
        {
            await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a", "b")), 12);
        }

        await node.StopAsync();
        await node.StartAsync();

        using var again = await node.ConnectAsync();
        (await OffsetAsync(again, "t", timestamp: -1)).ShouldBe(2);
        var produced = await again.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("c")), 12);
        produced.Responses.Single().PartitionResponses.Single().BaseOffset.Value.ShouldBe(2);
    }

    [Fact]
    public async Task A_node_that_stopped_in_good_order_leads_in_the_same_epoch_and_one_that_was_killed_in_a_newer_one()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        var first = await LeaderEpochAsync(node);
        await node.StopAsync();
        await node.StartAsync();
        (await LeaderEpochAsync(node)).ShouldBe(first);
        await node.CrashAsync();
        await node.StartAsync();
        (await LeaderEpochAsync(node)).ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task A_fetch_waits_for_records_and_is_woken_by_them()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var consumer = await node.ConnectAsync();
        using var producer = await node.ConnectAsync();

        await consumer.SendAsync(NodeFixture.Fetch("t", offset: 0, maxWaitMs: 60_000), 12);
        await producer.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a")), 12);
        var fetched = await consumer.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 12);

        fetched.Responses.Single().Partitions.Single().HighWatermark.Value.ShouldBe(1);
    }

    [Fact]
    public async Task An_incremental_session_sends_only_what_changed()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t", partitions: 2);
        using var client = await node.ConnectAsync();

        var full = await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t", offset: 0, partitions: 2, sessionEpoch: 0, maxWaitMs: 0), 12);
        full.SessionId.ShouldNotBe(0);
        full.Responses.Single().Partitions.Count.ShouldBe(2);

        var unchanged = await client.CallAsync<FetchResponse>(Session(full.SessionId, 1), 12);
        unchanged.Responses.ShouldBeEmpty();

        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a"), partition: 1), 12);
        var changed = await client.CallAsync<FetchResponse>(Session(full.SessionId, 2), 12);
        changed.Responses.Single().Partitions.Single().PartitionIndex.Value.ShouldBe(1);

        var stale = await client.CallAsync<FetchResponse>(Session(full.SessionId, 2), 12);
        stale.ErrorCode.ShouldBe(ErrorCode.InvalidFetchSessionEpoch);
    }

    [Fact]
    public async Task Metadata_makes_a_topic_that_a_client_names_and_shows_it_at_once()
    {
        await using var node = await NodeFixture.StartAsync();
        using var client = await node.ConnectAsync();

        var response = await client.CallAsync<MetadataResponse>(
            new MetadataRequest { Topics = [new() { Name = new Core.TopicName("made") }], AllowAutoTopicCreation = true }, 12);

        var topic = response.Topics.Single();
        topic.ErrorCode.ShouldBe(ErrorCode.None);
        topic.Partitions.Single().LeaderId.Value.ShouldBe(1);
        response.Brokers.Single().Port.ShouldBe(9092);
    }

    [Fact]
    public async Task A_deleted_topic_is_gone_at_once_and_its_name_is_free()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a")), 12);

        var deleted = await client.CallAsync<DeleteTopicsResponse>(new DeleteTopicsRequest { Topics = [new() { Name = new Core.TopicName("t") }], TimeoutMs = 30_000 }, 6);
        deleted.Responses.Single().ErrorCode.ShouldBe(ErrorCode.None);
        var refused = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("b")), 12);
        refused.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.UnknownTopicOrPartition);

        await node.CreateTopicAsync("t");
        (await OffsetAsync(client, "t", timestamp: -1)).ShouldBe(0);
    }

    [Fact]
    public async Task A_changed_topic_configuration_counts_for_the_next_request()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();

        await client.CallAsync<IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest
            {
                Resources = [new() { ResourceType = 2, ResourceName = "t", Configs = [new() { Name = "max.message.bytes", ConfigOperation = 0, Value = "100" }] }],
            },
            1);
        var refused = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch(new string('x', 200))), 12);

        refused.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.MessageTooLarge);
    }

    [Fact]
    public async Task Idempotent_batches_are_stored_once_and_answered_with_their_first_offset()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        var producer = await client.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = default(Core.TransactionalId?), TransactionTimeoutMs = 60_000 }, 4);
        producer.ErrorCode.ShouldBe(ErrorCode.None);

        async Task<ProduceResponse.PartitionProduceResponse> SendAsync(int sequence) =>
            (await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", Sequenced(producer.ProducerId, sequence)), 12)).Responses.Single().PartitionResponses.Single();

        (await SendAsync(0)).BaseOffset.Value.ShouldBe(0);
        (await SendAsync(1)).BaseOffset.Value.ShouldBe(1);
        (await SendAsync(0)).BaseOffset.Value.ShouldBe(0);
        (await SendAsync(5)).ErrorCode.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
        (await OffsetAsync(client, "t", timestamp: -1)).ShouldBe(2);
    }

    [Fact]
    public async Task The_producers_of_a_partition_are_described()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", Sequenced(producerId: 7, 0)), 12);

        var response = await client.CallAsync<DescribeProducersResponse>(
            new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0, 1] }, new() { Name = "none", PartitionIndexes = [0] }] }, 0);

        var known = response.Topics[0].Partitions[0];
        known.ErrorCode.ShouldBe(ErrorCode.None);
        known.ErrorMessage.ShouldBeNull();
        known.ActiveProducers.ShouldHaveSingleItem().ProducerId.Value.ShouldBe(7);
        response.Topics[0].Partitions[1].ErrorCode.ShouldBe(ErrorCode.UnknownTopicOrPartition);
        response.Topics[1].Partitions[0].ErrorCode.ShouldBe(ErrorCode.UnknownTopicOrPartition);
    }

    [Fact]
    public async Task Only_the_first_batch_of_a_fetch_may_exceed_its_limits_and_no_partition_gets_just_a_piece_of_one()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t", partitions: 2);
        using var client = await node.ConnectAsync();
        byte[] batch = NodeFixture.Batch(new string('x', 5000));
        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", batch), 12);
        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", batch, partition: 1), 12);

        var request = NodeFixture.Fetch("t", offset: 0, partitions: 2);
        request.Topics.Single().Partitions.ForEach(partition => partition.PartitionMaxBytes = 1000);
        var fetched = await client.CallAsync<FetchResponse>(request, 12);

        fetched.Responses.Single().Partitions.Select(partition => partition.Records?.Length ?? 0).ShouldBe([batch.Length, 0]);
    }

    [Fact]
    public async Task Producers_outlive_a_restart_with_their_sequences()
    {
        // Of today: a producer that has been silent for long is forgotten.
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using (var client = await node.ConnectAsync())
        {
            await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", Sequenced(7, 0, nowMs)), 12);
        }

        await node.StopAsync();
        await node.StartAsync();

        using var again = await node.ConnectAsync();
        var described = await again.CallAsync<DescribeProducersResponse>(new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0, 9] }] }, 0);
        var partitions = described.Topics.Single().Partitions;
        var producer = partitions[0].ActiveProducers.Single();
        (producer.ProducerId.Value, producer.ProducerEpoch, producer.LastSequence, producer.CurrentTxnStartOffset.Value).ShouldBe((7L, 0, 0, -1L));
        partitions[1].ErrorCode.ShouldBe(ErrorCode.UnknownTopicOrPartition);
        (await again.CallAsync<ProduceResponse>(NodeFixture.Produce("t", Sequenced(7, 0, nowMs)), 12))
            .Responses.Single().PartitionResponses.Single().BaseOffset.Value.ShouldBe(0, "a duplicate is answered with its first offset");
    }

    [Fact]
    public async Task Metadata_snapshots_are_written_and_a_node_starts_from_them()
    {
        await using var node = await NodeFixture.StartAsync(("metadata.log.max.record.bytes.between.snapshots", "500"));
        for (var i = 0; i < 5; i++)
        {
            await node.CreateTopicAsync($"t{i}");
        }

        await node.StopAsync();
        Snapshots(node).ShouldBeGreaterThan(1);
        await node.StartAsync();
        using var client = await node.ConnectAsync();
        (await client.CallAsync<MetadataResponse>(new MetadataRequest { Topics = null }, 12)).Topics.Count.ShouldBe(5);
    }

    private static async Task<int> LeaderEpochAsync(NodeFixture node)
    {
        using var client = await node.ConnectAsync();
        var response = await client.CallAsync<MetadataResponse>(new MetadataRequest { Topics = null }, 12);
        return response.Topics.Single().Partitions.Single().LeaderEpoch;
    }

    private static int Snapshots(NodeFixture node) =>
        node.Disk.List("/data/__cluster_metadata-0").Count(entry => entry.Name.EndsWith(".checkpoint", StringComparison.Ordinal));

    private static byte[] Sequenced(long producerId, int sequence, long timestampMs = 1_767_225_600_000)
    {
        using var builder = new Records.RecordBatchBuilder();
        builder.Begin(new Records.RecordBatchOptions { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = sequence });
        builder.Append(timestampMs, null, [1]);
        return builder.BuildArray();
    }

    private static FetchRequest Session(int id, int epoch) => new() { MaxWaitMs = 0, MinBytes = 1, SessionId = id, SessionEpoch = epoch };

    private static async Task<long> OffsetAsync(NodeClient client, string topic, long timestamp)
    {
        var response = await client.CallAsync<ListOffsetsResponse>(
            new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Timestamp = timestamp }] }] }, 7);
        return response.Topics.Single().Partitions.Single().Offset;
    }
}
