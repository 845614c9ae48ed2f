using System.Collections.Concurrent;
using System.Text;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Client.Suite;

/// <summary>Records to a cluster, and back.</summary>
public class ProducerTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task An_awaited_record_has_an_offset_and_is_there()
    {
        string topic = await Cluster.CreateTopicAsync();
        await using var producer = new Producer(Cluster.For(new ProducerOptions { Linger = TimeSpan.Zero }));
        for (int i = 0; i < 5; i++)
        {
            RecordMetadata metadata = await producer.SendAsync(topic, "key"u8, Encoding.UTF8.GetBytes($"value {i}"), Cancellation);
            (metadata.Topic, metadata.Partition, metadata.Offset).ShouldBe((topic, 0, i));
            metadata.Timestamp.ShouldBeGreaterThan(0);
        }

        (await Cluster.ValuesAsync(topic, 1, 5))[0].ShouldBe(["value 0", "value 1", "value 2", "value 3", "value 4"]);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Posted_records_arrive_once_and_in_order_in_each_partition(CompressionType codec)
    {
        const int Records = 20_000;
        string topic = await Cluster.CreateTopicAsync(partitions: 3);
        var reports = new ConcurrentQueue<(string Value, long Offset, KafkaException? Failure)>();
        await using var producer = new Producer(Cluster.For(new ProducerOptions
        {
            Compression = codec,
            BatchSizeBytes = 4000,
            BufferMemoryBytes = 100_000,
            OnDelivery = (in DeliveryReport report) => reports.Enqueue((Encoding.UTF8.GetString(report.Value), report.Offset, report.Failure)),
        }));
        for (int i = 0; i < Records; i++)
        {
            await producer.PostAsync(new ProducerRecord { Topic = topic, Partition = i % 3, Value = Encoding.UTF8.GetBytes($"{i}") }, Cancellation);
        }

        await producer.FlushAsync(Cancellation);
        reports.Count.ShouldBe(Records);
        reports.Where(report => report.Failure is not null || report.Offset < 0).Take(3).ShouldBeEmpty();
        producer.Statistics.RecordsDelivered.ShouldBe(Records);
        Dictionary<int, List<string>> read = await Cluster.ValuesAsync(topic, 3, Records);
        for (int partition = 0; partition < 3; partition++)
        {
            read[partition].ShouldBe(Enumerable.Range(0, Records).Where(i => i % 3 == partition).Select(i => $"{i}"));
        }
    }

    [Theory]
    [InlineData(Acks.None)]
    [InlineData(Acks.Leader)]
    [InlineData(Acks.All)]
    public async Task All_acks_work(Acks acks)
    {
        string topic = await Cluster.CreateTopicAsync();
        await using var producer = new Producer(Cluster.For(new ProducerOptions { Acks = acks, EnableIdempotence = acks == Acks.All }));
        RecordMetadata metadata = await producer.SendAsync(topic, "v"u8, Cancellation);
        metadata.Offset.ShouldBe(acks == Acks.None ? -1 : 0);
        (await Cluster.ValuesAsync(topic, 1, 1))[0].ShouldBe(["v"]);
    }

    [Fact]
    public async Task Keys_headers_timestamps_and_tombstones_arrive_as_they_were_sent()
    {
        string topic = await Cluster.CreateTopicAsync();
        await using var producer = new Producer(Cluster.For(new ProducerOptions()));
        RecordHeader[] headers = [new("a", "1"u8.ToArray()), new("b", (byte[]?)null)];
        await producer.SendAsync(new ProducerRecord { Topic = topic, Key = "k"u8, Timestamp = 1234567, Headers = headers }, Cancellation);
        await producer.SendAsync(new ProducerRecord { Topic = topic, Value = ""u8 }, Cancellation);

        await using var consumer = new Consumer(Cluster.For(new ConsumerOptions { OffsetReset = OffsetReset.Earliest }));
        consumer.Assign([new TopicPartition(topic, 0)]);
        int seen = 0;
        await foreach (ConsumeRecord record in consumer.ConsumeAsync(Cancellation))
        {
            if (record.Offset == 0)
            {
                (record.HasKey, record.HasValue, record.TimestampMs, record.HeaderCount).ShouldBe((true, false, 1234567, 2));
                record.Headers.TryGet("a", out ReadOnlyMemory<byte> value).ShouldBeTrue();
                value.ToArray().ShouldBe("1"u8.ToArray());
            }
            else
            {
                (record.HasKey, record.HasValue, record.Value.Length).ShouldBe((false, true, 0));
            }

            if (++seen == 2)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task Typed_records_and_keys_go_where_Java_sends_them()
    {
        string topic = await Cluster.CreateTopicAsync(partitions: 7);
        await using var producer = new Producer<string, long>(Cluster.For(new ProducerOptions()), Serdes.Utf8, Serdes.Int64);
        foreach (string key in new[] { "a", "user-1", "Straße", "" })
        {
            RecordMetadata metadata = await producer.SendAsync(topic, key, 5, cancellationToken: Cancellation);
            metadata.Partition.ShouldBe(Partitioner.PartitionFor(Encoding.UTF8.GetBytes(key), 7));
        }
    }

    [Fact]
    public async Task A_batch_that_the_broker_finds_too_large_is_split_and_a_record_that_it_does_fails()
    {
        string topic = await Cluster.CreateTopicAsync("t", 1, ("max.message.bytes", "2000"));
        await using var producer = new Producer(Cluster.For(new ProducerOptions { BatchSizeBytes = 50_000, Linger = TimeSpan.FromSeconds(1) }));
        var sent = new List<Task<RecordMetadata>>();
        for (int i = 0; i < 40; i++)
        {
            sent.Add(producer.SendAsync(topic, Encoding.UTF8.GetBytes($"{i,300}"), Cancellation).AsTask());
        }

        Task<RecordMetadata> tooLarge = producer.SendAsync(topic, new byte[5000], Cancellation).AsTask();
        await producer.FlushAsync(Cancellation);
        (await Task.WhenAll(sent)).Select(metadata => metadata.Offset).ShouldBe(Enumerable.Range(0, 40).Select(i => (long)i));
        (await Should.ThrowAsync<KafkaException>(() => tooLarge)).Code.ShouldBe(ErrorCode.MessageTooLarge);
        producer.Statistics.BatchesSplit.ShouldBeGreaterThan(0);

        // The gap that the refused record leaves does not stop the producer.
        (await producer.SendAsync(topic, "after"u8, Cancellation)).Offset.ShouldBe(40);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_what_would_be_right()
    {
        string topic = await Cluster.CreateTopicAsync();
        await using var producer = new Producer(Cluster.For(new ProducerOptions { MaxBlock = TimeSpan.FromSeconds(5) }));
        KafkaException large = await Should.ThrowAsync<KafkaException>(async () => await producer.SendAsync(topic, new byte[2_000_000], Cancellation));
        large.Code.ShouldBe(ErrorCode.MessageTooLarge);
        large.Message.ShouldContain("max.request.size");
        KafkaException none = await Should.ThrowAsync<KafkaException>(async () => await producer.SendAsync(new ProducerRecord { Topic = topic, Partition = 9 }, Cancellation));
        none.Message.ShouldContain("no partition 9");
        await Should.ThrowAsync<InvalidOperationException>(() => producer.InitTransactionsAsync(Cancellation));
        (await producer.PartitionsAsync(topic, Cancellation)).ShouldBe([0]);
    }

    [Fact]
    public async Task Interceptors_see_and_change_records()
    {
        string topic = await Cluster.CreateTopicAsync();
        await using var producer = new Producer(Cluster.For(new ProducerOptions
        {
            Interceptors = [(ref ProducerRecord record) => record.Value = "changed"u8],
        }));
        await producer.SendAsync(topic, "original"u8, Cancellation);
        (await Cluster.ValuesAsync(topic, 1, 1))[0].ShouldBe(["changed"]);
    }

    [Fact]
    public async Task Disposing_sends_what_waits_and_refuses_what_comes_later()
    {
        string topic = await Cluster.CreateTopicAsync();
        var producer = new Producer(Cluster.For(new ProducerOptions { Linger = TimeSpan.FromSeconds(20) }));
        await producer.PartitionsAsync(topic, Cancellation);
        for (int i = 0; i < 10; i++)
        {
            await producer.PostAsync(topic, Encoding.UTF8.GetBytes($"{i}"), Cancellation);
        }

        await producer.DisposeAsync();
        (await Cluster.ValuesAsync(topic, 1, 10))[0].Count.ShouldBe(10);
        await Should.ThrowAsync<ObjectDisposedException>(async () => await producer.SendAsync(topic, "late"u8, Cancellation));
    }
}
