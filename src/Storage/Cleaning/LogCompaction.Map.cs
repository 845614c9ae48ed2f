using Moldau.Records;

namespace Moldau.Storage;

internal sealed partial class LogCompaction
{
    private IEnumerable<long> BuildMap()
    {
        var start = target.FirstDirtyOffset;
        var end = target.FirstUncleanableOffset;
        var transactions = new CleanedTransactions(controlDecompressor);
        transactions.Add(log.CollectAbortedTransactions(start, end));
        map.Advance(start - 1);
        for (var i = Math.Max(0, target.Segments.FloorIndex(start)); i < target.Segments.Count && target.Segments[i].BaseOffset < end; i++)
        {
            var segment = target.Segments[i];
            for (var position = segment.OffsetIndex.Lookup(start).Position; position < segment.Size;)
            {
                var bytes = MapChunk(segment, position, transactions, out var isFull);
                Statistics.MapBytesRead += bytes;
                if (isFull)
                {
                    yield break;
                }

                position += bytes;
                yield return Throttled(bytes);
            }

            // Offsets that are missing at the end of the segment have been looked at too.
            map.Advance(target.Segments[i + 1].BaseOffset - 1);
        }
    }

    private int MapChunk(Segment segment, int position, CleanedTransactions transactions, out bool isFull)
    {
        var batches = new RecordBatchReader(ReadBatches(segment, position));
        while (batches.MoveNext())
        {
            var batch = batches.Current;
            batch.EnsureValid();
            if (batch.IsControl)
            {
                transactions.OnControl(batch);
            }
            else if (!transactions.OnData(batch) && !MapRecords(batch))
            {
                isFull = true;
                return batches.Position;
            }

            if (batch.LastOffset >= target.FirstDirtyOffset)
            {
                map.Advance(batch.LastOffset);
            }
        }

        isFull = false;
        return batches.Position;
    }

    /// <summary>False when the map is full: what it stands for ends with the last record that went in.</summary>
    private bool MapRecords(RecordBatchHeader batch)
    {
        var records = RecordReader.Open(batch, decompressor);
        while (records.MoveNext())
        {
            if (!records.Current.HasKey || records.Current.Offset < target.FirstDirtyOffset)
            {
                continue;
            }

            if (map.IsFull)
            {
                return false;
            }

            map.Put(records.Current.Key, records.Current.Offset);
        }

        return true;
    }
}
