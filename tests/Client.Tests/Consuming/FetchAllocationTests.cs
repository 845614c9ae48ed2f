using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client.Tests;

/// <summary>What a consumer allocates once the first fetches are over; counted over all threads, so that nothing else runs beside it.</summary>
[Collection(nameof(FetchAllocationTests))]
[CollectionDefinition(nameof(FetchAllocationTests), DisableParallelization = true)]
public sealed class FetchAllocationTests
{
    private const int Attempts = 5;
    private const int WarmUps = 5_000;
    private const int Fetches = 2_000;
    private const int RecordsOfBatch = 100;

    /// <summary>One small object for each fetch, of 32 bytes, is left; anything more is too much.</summary>
    private const int BytesOfFetchMax = 48;

    [Theory]
    [InlineData(CompressionType.None, false)]
    [InlineData(CompressionType.None, true)]
    [InlineData(CompressionType.Lz4, false)]
    public async Task A_stream_of_fetches_allocates_one_small_object_each_at_most(CompressionType compression, bool isByRecord)
    {
#if DEBUG
        Assert.Skip("debug builds make an object of each call of an async method; ./test builds for release");
#endif
        var broker = new StreamingBroker(Batch(compression), RecordsOfBatch);
        var partition = new TopicPartition("t", 0);
        await using var consumer = new Consumer(new ConsumerOptions { BootstrapServers = "broker:9092", Seams = new ClientSeams { Network = broker } });
        consumer.Assign(partition);
        consumer.Seek(partition, 0);
        var least = await (isByRecord ? LeastByRecordAsync(consumer) : LeastByBatchAsync(consumer));
        least.ShouldBeLessThan(BytesOfFetchMax * Fetches, $"bytes that {Fetches} fetches allocated, the least of {Attempts} runs");
        broker.Fetches.ShouldBeGreaterThan(WarmUps);
    }

    private static async Task<long> LeastByBatchAsync(Consumer consumer)
    {
        var meter = new Meter();
        await foreach (var batch in consumer.ConsumeBatchesAsync(TestContext.Current.CancellationToken))
        {
            foreach (ref readonly var record in batch)
            {
                if (!meter.Take(record.Offset))
                {
                    return meter.Least;
                }
            }
        }

        return long.MaxValue;
    }

    private static async Task<long> LeastByRecordAsync(Consumer consumer)
    {
        var meter = new Meter();
        await foreach (var record in consumer.ConsumeAsync(TestContext.Current.CancellationToken))
        {
            if (!meter.Take(record.Offset))
            {
                return meter.Least;
            }
        }

        return long.MaxValue;
    }

    private static byte[] Batch(CompressionType compression)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { BaseOffset = 0, PartitionLeaderEpoch = 1, Compression = RecordCompression.Of(compression) });
        for (var i = 0; i < RecordsOfBatch; i++)
        {
            builder.Append(0, null, new byte[1000]);
        }

        return builder.BuildArray();
    }

    /// <summary>Counts records, and what is allocated from one run of fetches to the next.</summary>
    private sealed class Meter
    {
        private long _next;
        private long _before = -1;
        private int _runs;

        public long Least { get; private set; } = long.MaxValue;

        /// <summary>False when it is known.</summary>
        public bool Take(long offset)
        {
            if (offset != _next)
            {
                throw new InvalidOperationException($"offset {offset} came where {_next} was due");
            }

            _next++;
            if (_next < (long)WarmUps * RecordsOfBatch || _next % (Fetches * RecordsOfBatch) != 0)
            {
                return true;
            }

            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            Least = _before < 0 ? Least : Math.Min(Least, allocated - _before);
            _before = GC.GetTotalAllocatedBytes(precise: true);
            return Least >= BytesOfFetchMax * Fetches && _runs++ < Attempts;
        }
    }
}
