using System.Buffers;

namespace Moldau.Storage;

internal sealed partial class Segment
{
    /// <summary>
    /// After an unclean stop: checks every batch, rebuilds the indexes, the leader epochs and the producers' state from them, and cuts the file where the
    /// first bad batch begins.
    /// </summary>
    /// <param name="producers">Their state at the segment's beginning.</param>
    /// <param name="epochs">Those of the log.</param>
    /// <param name="cuts">Keeps what is cut.</param>
    /// <param name="nextBaseOffset">Where the next segment begins; null for the last one.</param>
    /// <returns>
    /// The bytes cut; null when the segment must be split first (see <see cref="SegmentSplitter"/>), or has been cut and must be recovered once more, as the state that was built is of batches
    /// that have gone.
    /// </returns>
    public int? Recover(ProducerStateManager producers, LeaderEpochCache epochs, CutFiles cuts, long? nextBaseOffset)
    {
        OffsetIndex.Reset();
        TimeIndex.Reset();
        TransactionIndex.Reset();
        maxTimestamp = new TimestampOffset(-1, BaseOffset);
        var valid = 0;
        var lastIndexed = 0;
        var lastOffset = BaseOffset - 1;
        var gap = (Position: -1, After: -1L);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            Span<byte> window = stackalloc byte[BatchHeader.Size];
            using var lease = Log.Lease();
            var scanner = new BatchScanner(lease, 0, Size, window);
            while (scanner.MoveNext())
            {
                ref readonly var batch = ref scanner.Current;
                if (!IsIntact(lease, batch, valid, ref buffer) || (batch.LastOffset >= nextBaseOffset && OffsetIndex.CanHold(batch.LastOffset)))
                {
                    break;
                }

                if (batch.BaseOffset <= lastOffset && gap.Position >= 0 && batch.BaseOffset > gap.After)
                {
                    // No checksum covers a batch's offset. This one fits behind the gap that the one before it left: that one's offset is damaged.
                    cuts.BeforeCut(this, gap.Position, gap.After + 1);
                    CutOff(gap.Position);
                    return null;
                }

                if (batch.BaseOffset > lastOffset && !OffsetIndex.CanHold(batch.LastOffset) && SegmentSplitter.IsOverflowed(this, nextBaseOffset))
                {
                    return null;
                }

                if (batch.BaseOffset <= lastOffset || !OffsetIndex.CanHold(batch.LastOffset))
                {
                    break;
                }

                IndexRecovered(batch, valid, ref lastIndexed);
                gap = batch.BaseOffset > lastOffset + 1 ? (valid, lastOffset) : (-1, -1);
                lastOffset = batch.LastOffset;
                valid += batch.SizeInBytes;
                if (batch.LeaderEpoch >= 0 && (epochs.LatestEpoch is not { } latest || batch.LeaderEpoch > latest))
                {
                    epochs.Assign(batch.LeaderEpoch, batch.BaseOffset);
                }

                Replay(producers, batch, buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var cut = Size - valid;
        if (cut > 0)
        {
            cuts.BeforeCut(this, valid, lastOffset + 1);
            CutOff(valid);
        }

        FinishIndexes(valid - lastIndexed);
        return cut;
    }

    /// <summary>What is cut off is gone for good: with the next power loss it would come back in the place of batches that were written there since, as whole as it was.</summary>
    private void CutOff(int length)
    {
        TruncateLog(length);
        Log.Sync(dataOnly: false);
    }

    private void IndexRecovered(in BatchHeader batch, int position, ref int lastIndexed)
    {
        if (batch.MaxTimestamp > MaxTimestamp.Timestamp)
        {
            maxTimestamp = new TimestampOffset(batch.MaxTimestamp, batch.LastOffset);
        }

        if (position - lastIndexed > indexIntervalBytes && !OffsetIndex.IsFull && !TimeIndex.IsFull)
        {
            OffsetIndex.Append(batch.LastOffset, position);
            TimeIndex.MaybeAppend(MaxTimestamp.Timestamp, MaxTimestamp.Offset);
            lastIndexed = position;
        }
    }

    private void FinishIndexes(int bytesSinceEntry)
    {
        bytesSinceIndexEntry = bytesSinceEntry;
        TimeIndex.MaybeAppend(MaxTimestamp.Timestamp, MaxTimestamp.Offset, evenIfFull: true);
        OffsetIndex.Flush();
        TimeIndex.Flush();
        MakeIfMissing(OffsetIndex.File);
        MakeIfMissing(TimeIndex.File);
    }

    /// <summary>Brings the producers' state up to date with a batch that is in the log; aborted transactions go to this segment's index.</summary>
    internal void Replay(ProducerStateManager producers, in BatchHeader batch, ReadOnlySpan<byte> bytes)
    {
        if (batch.HasProducerId)
        {
            var completed = producers.Replay(batch, bytes, new LogOffsetMetadata(batch.BaseOffset));
            if (completed is { } transaction)
            {
                var lastStableOffset = producers.LastStableOffset(transaction);
                if (transaction.IsAborted)
                {
                    TransactionIndex.Append(new AbortedTransaction(transaction.ProducerId, transaction.FirstOffset, transaction.LastOffset, lastStableOffset));
                }

                producers.Complete(transaction);
            }
        }

        producers.Advance(batch.NextOffset);
    }

    /// <summary>An index without entries is a file too: without it each start would take the segment for damaged.</summary>
    private static void MakeIfMissing(LogFile index)
    {
        if (!index.Exists())
        {
            index.SetLength(0);
        }
    }

    private static bool IsIntact(LogFileLease lease, in BatchHeader batch, int position, ref byte[] buffer)
    {
        if (buffer.Length < batch.SizeInBytes)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(batch.SizeInBytes);
        }

        return lease.File.Read(buffer.AsSpan(0, batch.SizeInBytes), position) == batch.SizeInBytes && batch.IsIntact(buffer.AsSpan(0, batch.SizeInBytes));
    }
}
