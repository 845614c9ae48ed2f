using System.Text;
using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client.Suite;

public class ConsumerTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    private ConsumerOptions Options => Cluster.For(new ConsumerOptions { OffsetReset = OffsetReset.Earliest, FetchMaxWait = TimeSpan.FromMilliseconds(100) });

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Records_come_as_they_were_sent_whatever_compresses_them(CompressionType compression)
    {
        var topic = await Cluster.CreateTopicAsync();
        await using var producer = new Producer(Cluster.For(new ProducerOptions { Compression = compression }));
        for (var i = 0; i < 300; i++)
        {
            await producer.PostAsync(Record(topic, i), Cancellation);
        }

        await producer.FlushAsync(Cancellation);
        await using var consumer = new Consumer(Options);
        consumer.Assign(new TopicPartition(topic, 0));

        var next = 0;
        await foreach (var record in consumer.ConsumeAsync(Cancellation))
        {
            record.Offset.ShouldBe(next);
            record.Topic.ShouldBe(topic);
            Encoding.UTF8.GetString(record.Key).ShouldBe($"key-{next}");
            Encoding.UTF8.GetString(record.Value).ShouldBe($"value-{next}");
            record.TimestampMs.ShouldBe(1_700_000_000_000 + next);
            record.Headers.TryGet("n", out var header).ShouldBeTrue();
            Encoding.UTF8.GetString(header.Span).ShouldBe($"{next}");
            if (++next == 300)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_position_can_be_moved_and_a_partition_paused_while_others_go_on()
    {
        var topic = await Cluster.CreateTopicAsync(partitions: 2);
        await SendAsync(topic, 0, 100);
        await SendAsync(topic, 1, 100);
        await using var consumer = new Consumer(Options);
        TopicPartition first = new(topic, 0), second = new(topic, 1);
        consumer.Assign(first, second);
        consumer.Pause(first);
        consumer.Seek(second, 90);

        (await TakeAsync(consumer, 10)).ShouldBe([.. Enumerable.Range(90, 10).Select(i => $"{topic}-1@{i}")]);
        consumer.Position(second).ShouldBe(100);
        consumer.Resume(first);
        (await TakeAsync(consumer, 100)).Count.ShouldBe(100);
        consumer.Seek(first, 42);
        (await TakeAsync(consumer, 1)).ShouldBe([$"{topic}-0@42"]);
        consumer.SeekToBeginning(second);
        consumer.Pause(first);
        (await TakeAsync(consumer, 1)).ShouldBe([$"{topic}-1@0"]);
        consumer.Lag(second).ShouldBe(99);
        (await consumer.LagAsync(Cancellation))[second].ShouldBe(99);
    }

    [Fact]
    public async Task Offsets_are_found_by_end_and_by_time()
    {
        var topic = await Cluster.CreateTopicAsync();
        await SendAsync(topic, 0, 50);
        await using var consumer = new Consumer(Options);
        var partition = new TopicPartition(topic, 0);

        (await consumer.BeginningOffsetsAsync([partition], Cancellation))[partition].ShouldBe(0);
        (await consumer.EndOffsetsAsync([partition], Cancellation))[partition].ShouldBe(50);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_020);
        (await consumer.OffsetsForTimesAsync(new Dictionary<TopicPartition, DateTimeOffset> { [partition] = at }, Cancellation))[partition].Offset.ShouldBe(20);
        (await consumer.OffsetsForTimesAsync(new Dictionary<TopicPartition, DateTimeOffset> { [partition] = at.AddDays(1) }, Cancellation))[partition].Offset.ShouldBe(-1);
    }

    [Fact]
    public async Task What_is_committed_by_hand_is_where_the_next_one_begins()
    {
        var topic = await Cluster.CreateTopicAsync();
        await SendAsync(topic, 0, 20);
        var options = Options with { GroupId = Cluster.NewName("group"), AutoCommit = false };
        var partition = new TopicPartition(topic, 0);
        await using (var consumer = new Consumer(options))
        {
            consumer.Assign(partition);
            await TakeAsync(consumer, 7);
            await consumer.CommitAsync(Cancellation);
            (await consumer.CommittedAsync([partition], Cancellation))[partition].Offset.ShouldBe(7);
            await TakeAsync(consumer, 5);
        }

        await using var next = new Consumer(options);
        next.Assign(partition);
        (await TakeAsync(next, 1)).ShouldBe([$"{topic}-0@7"]);
        await next.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [partition] = new(3) { Metadata = "a note" } }, Cancellation);
        (await next.CommittedAsync([partition], Cancellation))[partition].Metadata.ShouldBe("a note");
    }

    [Fact]
    public async Task What_is_committed_by_hand_stays_when_the_consumer_commits_by_itself_as_it_closes()
    {
        var topic = await Cluster.CreateTopicAsync();
        await SendAsync(topic, 0, 20);
        var options = Options with { GroupId = Cluster.NewName("group"), AutoCommit = true };
        var partition = new TopicPartition(topic, 0);
        await using (var consumer = new Consumer(options))
        {
            consumer.Assign(partition);
            await TakeAsync(consumer, 7);
            await consumer.CommitAsync(Cancellation);
        }

        await using var next = new Consumer(options);
        (await next.CommittedAsync([partition], Cancellation))[partition].Offset.ShouldBe(7);
    }

    [Fact]
    public async Task Without_a_reset_policy_a_missing_offset_is_an_error_until_the_application_seeks()
    {
        var topic = await Cluster.CreateTopicAsync();
        await SendAsync(topic, 0, 5);
        await using var consumer = new Consumer(Options with { OffsetReset = OffsetReset.None });
        consumer.Assign(new TopicPartition(topic, 0));

        var failure = await Should.ThrowAsync<KafkaException>(() => TakeAsync(consumer, 1));
        failure.Message.ShouldContain("auto.offset.reset=none");
        consumer.Seek(new TopicPartition(topic, 0), 2);
        (await TakeAsync(consumer, 1)).ShouldBe([$"{topic}-0@2"]);
    }

    [Fact]
    public async Task An_offset_out_of_range_is_reset_by_the_policy()
    {
        var topic = await Cluster.CreateTopicAsync();
        await SendAsync(topic, 0, 5);
        await using var consumer = new Consumer(Options);
        consumer.Assign(new TopicPartition(topic, 0));
        consumer.Seek(new TopicPartition(topic, 0), 1000);

        (await TakeAsync(consumer, 5))[0].ShouldBe($"{topic}-0@0");
    }

    [Fact]
    public async Task Read_committed_leaves_out_what_was_aborted_and_markers()
    {
        var topic = await Cluster.CreateTopicAsync();
        await using var producer = new Producer(Cluster.For(new ProducerOptions { TransactionalId = Cluster.NewName("tx") }));
        await producer.InitTransactionsAsync(Cancellation);
        for (var transaction = 0; transaction < 6; transaction++)
        {
            producer.BeginTransaction();
            for (var i = 0; i < 10; i++)
            {
                await producer.PostAsync(topic, Encoding.UTF8.GetBytes(transaction % 2 == 0 ? "kept" : "aborted"), Cancellation);
            }

            await producer.FlushAsync(Cancellation);
            await (transaction % 2 == 0 ? producer.CommitTransactionAsync(Cancellation) : producer.AbortTransactionAsync(Cancellation));
        }

        await using var committed = new Consumer(Options with { IsolationLevel = IsolationLevel.ReadCommitted });
        committed.Assign(new TopicPartition(topic, 0));
        (await TakeAsync(committed, 30, record => Encoding.UTF8.GetString(record.Value))).ShouldAllBe(value => value == "kept");
        await using var uncommitted = new Consumer(Options);
        uncommitted.Assign(new TopicPartition(topic, 0));
        (await TakeAsync(uncommitted, 60, record => Encoding.UTF8.GetString(record.Value))).Count(value => value == "aborted").ShouldBe(30);
    }

    [Fact]
    public async Task Batches_have_at_most_the_records_that_were_asked_for_and_all_of_them()
    {
        var topic = await Cluster.CreateTopicAsync();
        await SendAsync(topic, 0, 1000);
        await using var consumer = new Consumer(Options with { MaxPollRecords = 64 });
        consumer.Assign(new TopicPartition(topic, 0));

        var next = 0L;
        await foreach (var batch in consumer.ConsumeBatchesAsync(Cancellation))
        {
            batch.Count.ShouldBeInRange(1, 64);
            foreach (ref readonly var record in batch)
            {
                record.Offset.ShouldBe(next++);
            }

            if (next == 1000)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_bounded_prefetch_still_brings_everything()
    {
        var topic = await Cluster.CreateTopicAsync(partitions: 4);
        for (var partition = 0; partition < 4; partition++)
        {
            await SendAsync(topic, partition, 500);
        }

        await using var consumer = new Consumer(Options with { PrefetchMaxBytes = 1, MaxPartitionFetchBytes = 2048 });
        consumer.Assign(Enumerable.Range(0, 4).Select(i => new TopicPartition(topic, i)));

        (await TakeAsync(consumer, 2000)).Distinct().Count().ShouldBe(2000);
    }

    internal static async Task<List<string>> TakeAsync(Consumer consumer, int count) => await TakeAsync(consumer, count, record => $"{record.TopicPartition}@{record.Offset}");

    private static async Task<List<string>> TakeAsync(Consumer consumer, int count, Func<ConsumeRecord, string> read)
    {
        List<string> taken = [];
        await foreach (var record in consumer.ConsumeAsync(Cancellation))
        {
            taken.Add(read(record));
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    private static ProducerRecord Record(string topic, int i) => new(topic, Encoding.UTF8.GetBytes($"key-{i}"), Encoding.UTF8.GetBytes($"value-{i}"))
    {
        Timestamp = 1_700_000_000_000 + i,
        Headers = new[] { new RecordHeader("n", Encoding.UTF8.GetBytes($"{i}")) },
    };

    private async Task SendAsync(string topic, int partition, int count)
    {
        await using var producer = new Producer(Cluster.For(new ProducerOptions()));
        for (var i = 0; i < count; i++)
        {
            await producer.PostAsync(Record(topic, i) with { Partition = partition }, Cancellation);
        }

        await producer.FlushAsync(Cancellation);
    }
}
