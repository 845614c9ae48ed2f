using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Coordination;

/// <summary>
/// Replays a log into a new shard, on a worker. What is committed is replayed without snapshots; above the high watermark each batch gets one. The log may be compacted meanwhile: offsets
/// have gaps, and a batch may be gone between two reads (KAFKA-19862).
/// </summary>
internal sealed class CoordinatorLoad<TShard>(CoordinatorRuntime<TShard> runtime, TopicPartition partition, TShard shard, SnapshotRegistry snapshots)
    where TShard : class, ICoordinatorShard
{
    private volatile bool _isCancelled;

    public long LastWrittenOffset { get; private set; }

    public long LastCommittedOffset { get; private set; }

    public long Records { get; private set; }

    public long Bytes { get; private set; }

    public long TookMs { get; private set; }

    public void Cancel() => _isCancelled = true;

    public void Run()
    {
        var began = runtime.Time.GetTimestamp();
        var offset = -1L;
        while (!_isCancelled)
        {
            var slice = runtime.Loader.Read(partition, offset);
            if (slice.Error != ErrorCode.None)
            {
                throw new CoordinatorException(slice.Error, $"{partition} could not be read from offset {offset}: {slice.Error}");
            }

            var before = offset;
            offset = Replay(slice, offset);
            if (offset == before || offset >= slice.LogEndOffset)
            {
                Finish(slice);
                break;
            }
        }

        TookMs = (long)runtime.Time.GetElapsedTime(began).TotalMilliseconds;
    }

    private void Finish(CoordinatorLogSlice slice)
    {
        // The end of a compacted log may have no records: the next append gets the log's end, not the last record's.
        LastWrittenOffset = Math.Max(LastWrittenOffset, slice.LogEndOffset);
        if (slice.HighWatermark >= LastWrittenOffset)
        {
            snapshots.TakeSnapshot(LastWrittenOffset);
            LastCommittedOffset = snapshots.ForgetBefore(LastWrittenOffset);
            return;
        }

        snapshots.TakeSnapshot(LastWrittenOffset);
        LastCommittedOffset = snapshots.ForgetBefore(slice.HighWatermark);
    }

    private long Replay(CoordinatorLogSlice slice, long offset)
    {
        var batches = new RecordBatchReader(slice.Batches.Span);
        while (!_isCancelled && batches.MoveNext())
        {
            var batch = batches.Current;
            if (batch.NextOffset <= offset)
            {
                continue;
            }

            if (batch.NextOffset > slice.HighWatermark && snapshots.Count == 0)
            {
                snapshots.TakeSnapshot(LastWrittenOffset);
            }

            Replay(batch, slice.Batches);
            offset = batch.NextOffset;
            LastWrittenOffset = offset;
            Bytes += batch.SizeBytes;
            if (snapshots.Count > 0)
            {
                snapshots.TakeSnapshot(offset);
            }
        }

        return offset;
    }

    private void Replay(RecordBatchHeader batch, ReadOnlyMemory<byte> source)
    {
        using var decompressor = RecordDecompressor.Rent();
        var records = RecordReader.Open(batch, decompressor);
        var count = 0;
        while (records.MoveNext())
        {
            ref readonly var record = ref records.Current;
            count++;
            if (batch.IsControl)
            {
                if (ControlRecords.TryReadMarker(record, out var marker))
                {
                    shard.ReplayTransactionMarker(batch.ProducerId, batch.ProducerEpoch, marker.IsCommit);
                }

                continue;
            }

            Replay(batch, source, in record);
        }

        Records += count;
        runtime.Metrics.RecordsReplayed(count);
    }

    private void Replay(RecordBatchHeader batch, ReadOnlyMemory<byte> source, scoped in RecordView record)
    {
        // Messages keep slices of their bytes, and these are of a buffer that is used again: only those without byte fields are read in place.
        var isShared = !batch.IsCompressed && runtime.Options.Codec.KeepsNoBytes(record.Key);
        var value = record.HasValue ? BytesOf(source, record.Value, isShared) : default(ReadOnlyMemory<byte>?);
        if (runtime.Options.Codec.Read(BytesOf(source, record.Key, isShared), value) is not { } known)
        {
            runtime.ReportUnknownRecord(partition, record.Offset);
            return;
        }

        var isTransactional = batch.IsTransactional;
        shard.Replay(
            record.Offset,
            isTransactional ? batch.ProducerId : RecordBatchLayout.NoProducerId,
            isTransactional ? batch.ProducerEpoch : RecordBatchLayout.NoProducerEpoch,
            known);
    }

    private static ReadOnlyMemory<byte> BytesOf(ReadOnlyMemory<byte> source, ReadOnlySpan<byte> bytes, bool isShared) =>
        isShared && source.Span.Overlaps(bytes, out var at) ? source.Slice(at, bytes.Length) : bytes.ToArray();
}
