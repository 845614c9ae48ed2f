using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>Looks at the files, once. Whoever wants the log ready before the first request calls it; everything else does so by itself.</summary>
    public void EnsureLoaded()
    {
        if (loaded)
        {
            return;
        }

        lock (gate)
        {
            if (!loaded)
            {
                try
                {
                    Guarded(Load);
                }
                catch (CorruptFileException exception)
                {
                    // The device is well, and so are the other logs beside this one.
                    environment.Logger.LogError("{Partition} cannot be served: {Reason}", Partition, exception.Message);
                    throw new DiskException(DiskErrorKind.Corrupt, "load", exception.Path, exception.Reason);
                }
            }
        }
    }

    private void Load()
    {
        completed = [];
        producers = new ProducerStateManager(environment.Disk, Partition, Directory);
        var begun = Epochs.TakeBegun();
        var loader = new LogLoader(environment, Partition, Directory, config, loadState, Epochs);
        var found = loader.Load();
        segments = SegmentList.Of(found.Segments);
        producers.FindSnapshots(environment.Disk.List(Directory).Where(entry => !entry.IsDirectory).Select(entry => entry.Name));
        producers.RemoveStraySnapshots([.. segments.Select(segment => segment.BaseOffset)]);
        var start = Math.Max(loadState.LogStartOffset, segments[0].BaseOffset);
        Volatile.Write(ref logStartOffset, start);
        Volatile.Write(ref recoveryPoint, Math.Max(start, Math.Min(found.RecoveryPoint, found.EndOffset)));
        Epochs.TruncateFromEnd(found.EndOffset);
        Epochs.TruncateFromStart(loadState.LogStartOffset);
        if (begun is { } epoch)
        {
            Epochs.Assign(epoch.Epoch, epoch.StartOffset);
        }

        RebuildProducers(found.EndOffset, loadState.IsClean);
        long high;
        lock (offsetsGate)
        {
            end = new LogOffsetMetadata(found.EndOffset, segments.Last.BaseOffset, segments.Last.Size);
            durable = recoveryPoint >= end.Offset ? end : new LogOffsetMetadata(recoveryPoint);
            high = Math.Clamp(highWatermark.Offset, start, Math.Max(start, found.EndOffset));
        }

        isChanged = loader.HasWritten;
        loaded = true;
        SetHighWatermark(high >= found.EndOffset ? end : new LogOffsetMetadata(high));
    }

    /// <summary>Brings the producers' state to <paramref name="lastOffset"/>: from the newest snapshot, then batch by batch.</summary>
    private void RebuildProducers(long lastOffset, bool isClean)
    {
        if (producers.LatestSnapshotOffset is null && isClean && StartOffset == lastOffset)
        {
            producers.Advance(lastOffset);
            return;
        }

        var wasEmpty = producers.IsEmpty && producers.MapEndOffset >= lastOffset;
        producers.TruncateAndReload(StartOffset, lastOffset, environment.NowMs, config.ProducerIdExpirationMs);
        if (lastOffset > producers.MapEndOffset && !wasEmpty)
        {
            var list = segments;
            for (var i = Math.Max(0, list.FloorIndex(producers.MapEndOffset)); i < list.Count && list[i].BaseOffset < lastOffset; i++)
            {
                ReplayProducers(list[i], lastOffset, isNearEnd: i >= list.Count - 2);
            }
        }

        producers.Advance(lastOffset);
        producers.TakeSnapshot(sync: true);
    }

    private void ReplayProducers(Segment segment, long lastOffset, bool isNearEnd)
    {
        var from = Math.Max(Math.Max(segment.BaseOffset, producers.MapEndOffset), StartOffset);
        producers.Advance(from);
        if (isNearEnd && segment.BaseOffset == from)
        {
            // It stays with its segment for good: a power loss must not leave an empty file in its place, also where there are no producers.
            producers.TakeSnapshot(sync: true);
        }

        var transactions = producers;
        var start = from;
        segment.Visit(from, segment.Size, (in BatchHeader batch, int position) =>
        {
            if (batch.BaseOffset >= lastOffset || batch.LastOffset < start)
            {
                return;
            }

            if (batch.HasProducerId)
            {
                var bytes = batch.IsControl ? segment.ReadBatch(position, batch.SizeInBytes) : [];
                if (transactions.Replay(batch, bytes, new LogOffsetMetadata(batch.BaseOffset, segment.BaseOffset, position)) is { } ended)
                {
                    transactions.Complete(ended);
                }
            }

            transactions.Advance(batch.NextOffset);
        });
    }
}
