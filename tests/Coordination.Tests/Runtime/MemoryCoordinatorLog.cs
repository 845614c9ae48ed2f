using System.Buffers.Binary;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Coordination.Tests;

/// <summary>The partitions of a coordinator's topic in memory, led by this node alone: what is appended is committed at once unless the test holds the high watermark.</summary>
public sealed class MemoryCoordinatorLog : IPartitionWriter, ICoordinatorLoader
{
    private readonly Dictionary<TopicPartition, Log> _logs = [];

    /// <summary>max.message.bytes of all partitions.</summary>
    public int BatchBytesMax { get; set; } = 1024 * 1024;

    /// <summary>What appends are refused with; None lets them through.</summary>
    public ErrorCode AppendError { get; set; }

    /// <summary>What reads are refused with.</summary>
    public ErrorCode ReadError { get; set; }

    /// <summary>What verifications of transactions are refused with.</summary>
    public ErrorCode VerificationError { get; set; }

    /// <summary>As long as it is true, appends do not move the high watermark.</summary>
    public bool HoldsHighWatermark { get; set; }

    /// <summary>Batches that a read gives at most.</summary>
    public int BatchesPerRead { get; set; } = int.MaxValue;

    /// <summary>Called before each read, as a compaction that comes in between would be.</summary>
    public Action<TopicPartition, long>? BeforeRead { get; set; }

    public IReadOnlyList<byte[]> Batches(TopicPartition partition) => Of(partition).Batches;

    public long EndOffset(TopicPartition partition) => Of(partition).EndOffset;

    /// <summary>All records of a partition that are not control records, in order.</summary>
    public IReadOnlyList<(long Offset, byte[] Key, byte[]? Value)> Records(TopicPartition partition)
    {
        var all = new List<(long, byte[], byte[]?)>();
        foreach (var bytes in Of(partition).Batches)
        {
            var batch = new RecordBatchHeader(bytes);
            if (batch.IsControl)
            {
                continue;
            }

            using var decompressor = RecordDecompressor.Rent();
            var records = RecordReader.Open(batch, decompressor);
            while (records.MoveNext())
            {
                all.Add((records.Current.Offset, records.Current.Key.ToArray(), records.Current.HasValue ? records.Current.Value.ToArray() : null));
            }
        }

        return all;
    }

    /// <summary>Moves the high watermark and tells the listeners.</summary>
    public void Commit(TopicPartition partition, long? offset = null)
    {
        var log = Of(partition);
        log.HighWatermark = Math.Min(offset ?? log.EndOffset, log.EndOffset);
        foreach (var listener in log.Listeners.ToArray())
        {
            listener.OnHighWatermark(partition, log.HighWatermark);
        }
    }

    /// <summary>Puts bytes at the end of a partition, as if they had always been there.</summary>
    public void Put(TopicPartition partition, byte[] batch)
    {
        var log = Of(partition);
        log.Batches.Add(batch);
        log.EndOffset = new RecordBatchHeader(batch).NextOffset;
        log.HighWatermark = log.EndOffset;
    }

    /// <summary>Takes away what the predicate says, as a compaction would; the log's end stays.</summary>
    public void Remove(TopicPartition partition, Predicate<byte[]> batches) => Of(partition).Batches.RemoveAll(batches);

    public int MaxBatchBytes(TopicPartition partition) => BatchBytesMax;

    public CoordinatorAppend Append(TopicPartition partition, object? verification, Memory<byte> batch, short transactionVersion)
    {
        if (AppendError != ErrorCode.None)
        {
            return new CoordinatorAppend(AppendError, -1);
        }

        var log = Of(partition);
        var bytes = batch.ToArray();
        BinaryPrimitives.WriteInt64BigEndian(bytes, log.EndOffset);
        log.Batches.Add(bytes);
        log.EndOffset = new RecordBatchHeader(bytes).NextOffset;
        if (!HoldsHighWatermark)
        {
            Commit(partition);
        }

        return new CoordinatorAppend(ErrorCode.None, log.EndOffset);
    }

    public ValueTask<object?> BeginVerificationAsync(TopicPartition partition, string transactionalId, long producerId, short producerEpoch, short apiVersion) =>
        VerificationError == ErrorCode.None ? ValueTask.FromResult<object?>(new object()) : ValueTask.FromException<object?>(new CoordinatorException(VerificationError));

    public void AddListener(TopicPartition partition, IHighWatermarkListener listener)
    {
        Of(partition).Listeners.Add(listener);
        listener.OnHighWatermark(partition, Of(partition).HighWatermark);
    }

    public void RemoveListener(TopicPartition partition, IHighWatermarkListener listener) => Of(partition).Listeners.Remove(listener);

    public CoordinatorLogSlice Read(TopicPartition partition, long offset)
    {
        BeforeRead?.Invoke(partition, offset);
        var log = Of(partition);
        var batches = log.Batches.Where(batch => new RecordBatchHeader(batch).LastOffset >= offset).Take(BatchesPerRead).SelectMany(batch => batch).ToArray();
        return new CoordinatorLogSlice(ReadError, batches, log.EndOffset, log.HighWatermark);
    }

    private Log Of(TopicPartition partition)
    {
        if (!_logs.TryGetValue(partition, out var log))
        {
            _logs.Add(partition, log = new Log());
        }

        return log;
    }

    private sealed class Log
    {
        public List<byte[]> Batches { get; } = [];

        public List<IHighWatermarkListener> Listeners { get; } = [];

        public long EndOffset { get; set; }

        public long HighWatermark { get; set; }
    }
}
