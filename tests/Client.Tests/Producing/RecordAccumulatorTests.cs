using System.Collections.Concurrent;
using System.Text;
using Moldau.Records;
using Moldau.Tests;

namespace Moldau.Client.Tests;

/// <summary>Records into batches, and what waits, goes, and is given back.</summary>
public class RecordAccumulatorTests
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void A_sealed_batch_reads_back_as_it_was_appended(CompressionType codec)
    {
        var compression = RecordCompression.Of(codec);
        var factory = new BatchFactory(new AccumulatorSettings { Compression = compression });
        RecordHeader[] headers = [new("trace", "1"u8.ToArray()), new("none", (byte[]?)null)];
        factory.Append("first"u8.ToArray(), timestamp: 5000, headers: headers);
        factory.Append(new byte[3000], timestamp: 4000);
        factory.Accumulator.TryAppend(factory.Topic, 0, 9000, new RecordParts { HasKey = true, Key = "k"u8 }, null);

        ProducerBatch batch = RecordAccumulator.TakeFirst(factory.Queue);
        batch.SetIdentity(7, 3, int.MaxValue, isTransactional: true);
        batch.Seal(compression);

        var header = new RecordBatchHeader(batch.Encoded.Span);
        header.ProducerId.ShouldBe(7);
        header.ProducerEpoch.ShouldBe((short)3);
        header.BaseSequence.ShouldBe(int.MaxValue);
        header.IsTransactional.ShouldBeTrue();
        header.MaxTimestamp.ShouldBe(9000);
        header.RecordsCount.ShouldBe(3);
        header.Crc.ShouldBe(header.ComputeCrc());
        batch.LastSequence.ShouldBe(1);

        using var decompressor = RecordDecompressor.Rent();
        RecordReader reader = RecordReader.Open(header, decompressor);
        reader.MoveNext().ShouldBeTrue();
        Encoding.UTF8.GetString(reader.Current.Value).ShouldBe("first");
        reader.Current.HasKey.ShouldBeFalse();
        reader.Current.HeadersCount.ShouldBe(2);
        reader.MoveNext().ShouldBeTrue();
        reader.Current.Timestamp.ShouldBe(4000);
        reader.Current.Value.Length.ShouldBe(3000);
        reader.MoveNext().ShouldBeTrue();
        reader.Current.HasValue.ShouldBeFalse();
        reader.Current.Offset.ShouldBe(2);
        reader.MoveNext().ShouldBeFalse();
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Lz4)]
    public void A_record_larger_than_a_batch_has_one_of_its_own(CompressionType codec)
    {
        foreach (int size in new[] { 900, 1000, 1500, 1900, 2500 })
        {
            var factory = new BatchFactory(new AccumulatorSettings { BatchSizeBytes = 1000, Compression = RecordCompression.Of(codec) });
            factory.Append(new byte[size]).ShouldBe(AppendOutcome.Appended, $"{size} bytes");
            RecordAccumulator.TakeFirst(factory.Queue).RecordsCount.ShouldBe(1, $"{size} bytes");
        }
    }

    [Fact]
    public void A_batch_lingers_until_its_time_unless_it_is_full_or_all_is_hurried()
    {
        var factory = new BatchFactory(new AccumulatorSettings { BatchSizeBytes = 1000, LingerMs = 20 });
        factory.Append("a");
        factory.Accumulator.WaitMs(factory.Queue, 0, isHurried: false).ShouldBe(20);
        factory.Accumulator.WaitMs(factory.Queue, 15, isHurried: false).ShouldBe(5);
        factory.Accumulator.WaitMs(factory.Queue, 0, isHurried: true).ShouldBe(0);
        factory.Accumulator.WaitMs(factory.Queue, 20, isHurried: false).ShouldBe(0);

        factory.Append(new byte[900]);
        factory.Append(new byte[900]);
        factory.Accumulator.WaitMs(factory.Queue, 0, isHurried: false).ShouldBe(0);
    }

    [Fact]
    public void Appending_wakes_the_sender_for_the_first_batch_and_when_one_is_full_not_for_each_record()
    {
        var factory = new BatchFactory(new AccumulatorSettings { BatchSizeBytes = 1000 });
        for (int i = 0; i < 100; i++)
        {
            factory.Append(new byte[80]);
        }

        factory.Queue.Batches.Count.ShouldBeGreaterThan(5);
        factory.Wakes.ShouldBe(2);
    }

    [Fact]
    public async Task Memory_is_bounded_and_who_waits_is_served_in_turn()
    {
        var factory = new BatchFactory(new AccumulatorSettings { BatchSizeBytes = 1000, BufferMemoryBytes = 2000 });
        factory.Append(new byte[900]).ShouldBe(AppendOutcome.Appended);
        factory.Append(new byte[900]).ShouldBe(AppendOutcome.Appended);
        factory.Append(new byte[900]).ShouldBe(AppendOutcome.NeedsMemory);
        factory.Accumulator.Memory.AvailableBytes.ShouldBe(0);

        ValueTask<byte[]?> first = factory.Accumulator.Memory.TakeAsync(900, deadlineMs: 100, TestContext.Current.CancellationToken);
        ValueTask<byte[]?> second = factory.Accumulator.Memory.TakeAsync(900, deadlineMs: 50, TestContext.Current.CancellationToken);
        factory.Accumulator.IsHurried.ShouldBeTrue();
        factory.Accumulator.Memory.TryTake(10, out _).ShouldBeFalse();

        factory.Accumulator.Recycle(RecordAccumulator.TakeFirst(factory.Queue));
        (await first).ShouldNotBeNull();
        second.IsCompleted.ShouldBeFalse();
        factory.Accumulator.Memory.ExpireWaiters(49).ShouldBe(50);
        factory.Accumulator.Memory.ExpireWaiters(50);
        (await second).ShouldBeNull();
        factory.Accumulator.IsHurried.ShouldBeFalse();
    }

    [Fact]
    public async Task A_wait_for_memory_that_is_cancelled_leaves_the_line()
    {
        var factory = new BatchFactory(new AccumulatorSettings { BatchSizeBytes = 1000, BufferMemoryBytes = 1000 });
        factory.Append("a");
        using var cancellation = new CancellationTokenSource();
        ValueTask<byte[]?> waiting = factory.Accumulator.Memory.TakeAsync(10, 1000, cancellation.Token);
        cancellation.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(async () => await waiting);
        factory.Accumulator.Recycle(RecordAccumulator.TakeFirst(factory.Queue));
        factory.Accumulator.Memory.TryTake(10, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_record_larger_than_a_batch_has_a_batch_of_its_own()
    {
        var factory = new BatchFactory(new AccumulatorSettings { BatchSizeBytes = 1000, BufferMemoryBytes = 100_000 });
        factory.Append("small");
        factory.Append(new byte[5000]).ShouldBe(AppendOutcome.Appended);
        factory.Append(new byte[200]);
        factory.Queue.Batches.Count.ShouldBe(3);
        long before = factory.Accumulator.Memory.AvailableBytes;
        factory.Accumulator.Recycle(RecordAccumulator.TakeFirst(factory.Queue));
        factory.Accumulator.Recycle(RecordAccumulator.TakeFirst(factory.Queue));
        factory.Accumulator.Memory.AvailableBytes.ShouldBeGreaterThan(before + 5000);
    }

    [Fact]
    public void A_batch_is_split_in_two_with_its_records_deliveries_and_sequences()
    {
        var factory = new BatchFactory();
        var idle = new ConcurrentQueue<Delivery>();
        var deliveries = new List<Delivery>();
        for (int i = 0; i < 10; i++)
        {
            Delivery? delivery = i % 3 == 0 ? Delivery.Rent(idle) : null;
            factory.Append($"record {i}", delivery: delivery, timestamp: 1000 + (i * 70));
            if (delivery is not null)
            {
                deliveries.Add(delivery);
            }
        }

        ProducerBatch batch = RecordAccumulator.TakeFirst(factory.Queue);
        var state = new IdempotentState(isTransactional: false);
        state.Begin(new ProducerIdentity(1, 0));
        batch.Order = 1;
        state.Prepare(factory.Queue, batch);

        List<ProducerBatch> parts = factory.Accumulator.Split(batch, 0);
        parts.Count.ShouldBe(2);
        parts[0].BaseSequence.ShouldBe(0);
        parts[1].BaseSequence.ShouldBe(parts[0].RecordsCount);
        parts.Sum(part => part.RecordsCount).ShouldBe(10);
        factory.Queue.Batches.First.ShouldBeSameAs(parts[0]);
        parts.SelectMany(part => part.Deliveries.ToArray()).ShouldBe(deliveries);
        parts[0].Deliveries[1].Index.ShouldBe(3);

        var seen = new List<string>();
        foreach (ProducerBatch part in parts)
        {
            part.Seal(RecordCompression.None);
            using var decompressor = RecordDecompressor.Rent();
            RecordReader reader = RecordReader.Open(new RecordBatchHeader(part.Encoded.Span), decompressor);
            while (reader.MoveNext())
            {
                seen.Add($"{Encoding.UTF8.GetString(reader.Current.Value)} at {reader.Current.Timestamp}");
            }
        }

        seen.ShouldBe(Enumerable.Range(0, 10).Select(i => $"record {i} at {1000 + (i * 70)}"));
    }

    [Fact]
    public void Batches_that_come_back_stand_in_the_order_in_which_they_were_first_sent()
    {
        var factory = new BatchFactory(new AccumulatorSettings { BatchSizeBytes = 100 });
        var sent = new List<ProducerBatch>();
        for (int i = 0; i < 5; i++)
        {
            ProducerBatch batch = factory.Take();
            batch.Order = i + 1;
            batch.Attempts = 1;
            sent.Add(batch);
        }

        factory.Append("never sent");
        foreach (int i in new[] { 3, 0, 4, 1, 2 })
        {
            factory.Accumulator.PutBack(sent[i], 0);
        }

        for (int i = 0; i < 5; i++)
        {
            RecordAccumulator.TakeFirst(factory.Queue).ShouldBeSameAs(sent[i]);
        }

        RecordAccumulator.TakeFirst(factory.Queue).Order.ShouldBe(0);
    }

    [Fact]
    public void A_batch_that_failed_waits_for_its_back_off_unless_another_broker_leads()
    {
        var factory = new BatchFactory(new AccumulatorSettings { RetryBackoffMs = 100, RetryBackoffMsMax = 1000 });
        ProducerBatch batch = factory.Take();
        (factory.Queue.LeaderId, factory.Queue.LeaderEpoch) = (1, 5);
        batch.Attempts = 2;
        batch.AttemptLeaderEpoch = 5;
        factory.Accumulator.PutBack(batch, nowMs: 1000);
        factory.Accumulator.WaitMs(factory.Queue, 1050, isHurried: true).ShouldBe(150);
        factory.Queue.LeaderEpoch = 6;
        factory.Accumulator.WaitMs(factory.Queue, 1050, isHurried: false).ShouldBe(0);
    }

    [Fact]
    public void A_flush_ends_with_the_batches_of_its_time_not_with_later_ones()
    {
        var factory = new BatchFactory();
        Task empty = factory.Accumulator.Epochs.FlushAsync();
        empty.IsCompleted.ShouldBeTrue();

        ProducerBatch early = factory.Take();
        Task flush = factory.Accumulator.Epochs.FlushAsync();
        ProducerBatch late = factory.Take();
        factory.Accumulator.IsHurried.ShouldBeTrue();
        flush.IsCompleted.ShouldBeFalse();
        factory.Accumulator.Recycle(early);
        flush.IsCompleted.ShouldBeTrue();
        factory.Accumulator.IsHurried.ShouldBeFalse();
        factory.Accumulator.Recycle(late);
        factory.Accumulator.Epochs.BatchesCount.ShouldBe(0);
    }

    [Fact]
    public void Appending_a_record_to_an_open_batch_allocates_nothing()
    {
        var factory = new BatchFactory(new AccumulatorSettings { BatchSizeBytes = 1_000_000 });
        byte[] value = new byte[100];
        factory.Append(value);
        AllocatedBytes.LeastOf(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                factory.Append(value);
            }
        }).ShouldBe(0);
    }
}
