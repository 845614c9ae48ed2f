using Moldau.Core;

namespace Moldau.Storage;

internal sealed partial class LogCompaction
{
    /// <summary>So much is written before it is synced, so that the last sync, and appends that sync beside it, do not wait for a whole segment.</summary>
    private const long SyncEachBytes = 32 * 1024 * 1024;

    private IEnumerable<long> Clean(List<Segment> group, CleanerRetention retention, CleanedTransactions transactions, long legacyHorizonMs)
    {
        var cleaned = log.CreateCleaned(group[0].BaseOffset);
        var isInPlace = false;
        try
        {
            transactions.Index = cleaned.TransactionIndex;
            retention.Producers = log.LastRecordsOfProducers();
            long unsynced = 0;
            for (var i = 0; i < group.Count; i++)
            {
                var segment = group[i];
                var end = i + 1 < group.Count ? group[i + 1].BaseOffset : segment.ReadNextOffset();
                transactions.Add(log.CollectAbortedTransactions(segment.BaseOffset, end));
                retention.KeepsLegacyTombstones = segment.LastModifiedMs > legacyHorizonMs;
                for (var position = 0; position < segment.Size;)
                {
                    position += CopyChunk(segment, position, cleaned, retention, out var moved);
                    unsynced += moved;
                    if (unsynced > SyncEachBytes)
                    {
                        cleaned.Log.Sync(dataOnly: true);
                        unsynced = 0;
                    }

                    yield return Throttled(moved);
                }
            }

            cleaned.Seal();
            cleaned.Sync();
            environment.Disk.SetLastModified(cleaned.Log.Path, DateTimeOffset.FromUnixTimeMilliseconds(group[^1].LastModifiedMs));
            isInPlace = log.ReplaceSegments(cleaned, group, target.Generation);
        }
        finally
        {
            if (!isInPlace)
            {
                log.DiscardCleaned(cleaned);
            }
        }

        if (!isInPlace)
        {
            throw new CompactionAbortedException();
        }

        environment.Disk.SyncDirectory(log.Directory);
        yield return 0;
    }

    /// <summary>Copies what stays of the batches at a position; how many bytes they take, and how many were read and written.</summary>
    private int CopyChunk(Segment segment, int position, Segment cleaned, CleanerRetention retention, out long moved)
    {
        var source = ReadBatches(segment, position);
        var result = filter.Filter(source, ref retention, StartedMs, log.Config.DeleteRetentionMs);
        Invariant.That(result.BytesRead > 0, "a chunk has a whole batch");
        Statistics.BytesRead += result.BytesRead;
        Statistics.RecordsRead += result.RecordsRead;
        Statistics.RecordsWritten += result.RecordsRetained;
        var output = filter.Output;
        moved = result.BytesRead + output.Length;
        if (output.Length > 0)
        {
            if (!cleaned.OffsetIndex.CanHold(retention.LastOffset) || (long)cleaned.Size + output.Length > int.MaxValue)
            {
                throw new CorruptFileException(segment.Log.Path, $"offset {retention.LastOffset} or the size of what stays is beyond what a segment at {cleaned.BaseOffset} can hold");
            }

            cleaned.Append(output, retention.LastOffset);
            Statistics.BytesWritten += output.Length;
        }

        return result.BytesRead;
    }
}
