using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>When <see cref="Flush()"/> last did something, in milliseconds since 1970.</summary>
    public long LastFlushMs => Volatile.Read(ref lastFlushMs);

    /// <summary>Begins a new segment at the log end; nothing happens when the last one is empty.</summary>
    public void Roll()
    {
        lock (gate)
        {
            EnsureLoaded();
            Guarded(() => RollTo(LogEndOffset));
        }
    }

    /// <summary>
    /// Makes everything up to the log end durable and moves the recovery point there. Appends go on beside it. Whoever must not acknowledge before records
    /// are durable calls this once for all that came meanwhile.
    /// </summary>
    public void Flush() => FlushTo(LogEndOffset);

    /// <summary>Makes everything before <paramref name="offset"/> durable.</summary>
    public void FlushTo(long offset)
    {
        if (!loaded)
        {
            return;
        }

        lock (flushGate)
        {
            var from = RecoveryPoint;
            if (offset <= from)
            {
                return;
            }

            if (failure is { } broken)
            {
                throw broken;
            }

            int cuts;
            lock (offsetsGate)
            {
                cuts = truncations;
            }

            WhereverItIs(static (log, from, to) => log.SyncSegments(from, to), from, offset);
            // Not under the log's lock: an append that flushes holds that one and waits for this.
            lock (offsetsGate)
            {
                if (cuts == truncations)
                {
                    Volatile.Write(ref recoveryPoint, Math.Max(recoveryPoint, Math.Min(offset, end.Offset)));
                }
            }

            SetDurable(new LogOffsetMetadata(offset), cuts);

            Volatile.Write(ref lastFlushMs, environment.NowMs);
        }
    }

    /// <summary>Stops in good order: last index entries, everything durable, a snapshot of the producers, files closed. Idempotent.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            if (!loaded)
            {
                closed = true;
                return;
            }

            if (!isChanged && RecoveryPoint >= LogEndOffset)
            {
                // Everything is as the last stop left it, and on the device since.
                closed = true;
                CloseFiles();
                return;
            }

            Guarded(() =>
            {
                segments.Last.Seal();
                SyncSealed(segments.Last);
            });
        }

        FlushTo(LogEndOffset);
        lock (gate)
        {
            closed = true;
            Guarded(() => producers.TakeSnapshot(sync: true));
            CloseFiles();
        }
    }

    private void CloseFiles()
    {
        foreach (var segment in segments)
        {
            segment.Close();
        }
    }

    /// <summary>Cuts the log so that it ends before <paramref name="offset"/>; false when it does already. For followers, by leader epoch.</summary>
    public bool TruncateTo(long offset)
    {
        Invariant.That(offset >= 0, "a log is not cut before its beginning");
        lock (gate)
        {
            EnsureLoaded();
            if (offset >= LogEndOffset)
            {
                Epochs.TruncateFromEnd(LogEndOffset);
                return false;
            }

            AbortCleaning();
            Guarded(() =>
            {
                if (segments[0].BaseOffset > offset)
                {
                    StartAt(offset, offset);
                    environment.Cut(this);
                    return;
                }

                RemoveSegments([.. segments.Where(segment => segment.BaseOffset > offset)]);
                segments.Last.TruncateTo(offset);
                lock (offsetsGate)
                {
                    truncations++;
                }

                SetEnd(offset);
                Epochs.TruncateFromEnd(offset);
                Volatile.Write(ref logStartOffset, Math.Min(offset, logStartOffset));
                RebuildProducers(offset, isClean: false);
                SetHighWatermark(HighWatermark >= offset ? LogEndOffsetMetadata : new LogOffsetMetadata(HighWatermark));
                environment.Cut(this);
            });
            return true;
        }
    }

    /// <summary>Drops everything; the log is then empty and begins at <paramref name="offset"/>.</summary>
    public void TruncateFullyAndStartAt(long offset, long? newLogStartOffset = null)
    {
        lock (gate)
        {
            EnsureLoaded();
            AbortCleaning();
            Guarded(() =>
            {
                StartAt(offset, newLogStartOffset ?? offset);
                environment.Cut(this);
            });
        }
    }

    /// <summary>Moves the log start forward (DeleteRecords, retention, snapshots of the metadata log). OffsetOutOfRange beyond the high watermark.</summary>
    public ErrorCode IncrementLogStartOffset(long offset)
    {
        lock (gate)
        {
            EnsureLoaded();
            if (offset > HighWatermark)
            {
                return ErrorCode.OffsetOutOfRange;
            }

            if (offset > StartOffset)
            {
                Volatile.Write(ref logStartOffset, offset);
                Guarded(() =>
                {
                    TruncateEpochsFromStart(offset);
                    producers.OnLogStart(offset);
                    UpdateFirstUnstable();
                });
            }

            return ErrorCode.None;
        }
    }

    /// <summary>Deleting must work on a full disk, else retention could never make space: epochs before the start do no harm in the file, and the next write takes them out.</summary>
    private void TruncateEpochsFromStart(long offset)
    {
        try
        {
            Epochs.TruncateFromStart(offset);
        }
        catch (DiskException full) when (full.Kind == DiskErrorKind.NoSpace)
        {
            environment.Logger.LogWarning("{Partition}: the leader epochs before offset {Offset} stay in their file: {Reason}", Partition, offset, full.Message);
        }
    }

    /// <summary>Runs a disk operation; a failure puts the log directory offline.</summary>
    private void Guarded(Action operation)
    {
        try
        {
            operation();
        }
        catch (DiskException exception)
        {
            throw Failed(exception);
        }
    }

    private Segment RollTo(long expectedOffset)
    {
        var last = segments.Last;
        var offset = Math.Max(expectedOffset, LogEndOffset);
        if (last.BaseOffset == offset && last.Size == 0)
        {
            return last;
        }

        Invariant.That(offset > last.BaseOffset, "a new segment begins behind the last one");
        last.Seal();
        SyncSealed(last);
        var segment = Segment.Create(environment.Files, Directory, offset, config, environment.Time, Jitter());
        segments = segments.With(segment);
        SetEnd(LogEndOffset);
        producers.Advance(offset);
        var snapshot = producers.TakeSnapshot(sync: false);
        environment.Later(() => FlushAfterRoll(snapshot, offset));
        return segment;
    }

    /// <summary>
    /// Sealing writes last index entries and gives back preallocated bytes. When the recovery point is behind all records already, no later flush and no recovery would look at them again.
    /// </summary>
    private void SyncSealed(Segment last)
    {
        lock (flushGate)
        {
            if (RecoveryPoint >= LogEndOffset)
            {
                last.Sync();
            }
        }
    }

    private void FlushAfterRoll(long? snapshot, long offset)
    {
        if (closed || failure is not null)
        {
            return;
        }

        try
        {
            if (snapshot is { } taken)
            {
                WhereverItIs(static (log, snapshot, _) => log.producers.SyncSnapshot(snapshot), taken, taken);
            }

            FlushTo(offset);
        }
        catch (DiskException exception)
        {
            // This runs on a worker, where nobody waits for it. A failed directory has been told; with a full disk the recovery point stays where it is until a later flush.
            environment.Logger.LogWarning("{Partition}: the segments before offset {Offset} could not be flushed: {Reason}", Partition, offset, exception.Message);
        }
    }

    private void SyncSegments(long from, long to)
    {
        var list = segments;
        var hasNew = false;
        for (var i = Math.Max(0, list.FloorIndex(from)); i < list.Count && list[i].BaseOffset < to; i++)
        {
            list[i].Sync();
            hasNew |= list[i].BaseOffset >= from;
        }

        if (hasNew)
        {
            environment.Disk.SyncDirectory(Directory);
        }
    }

    private void StartAt(long offset, long newLogStartOffset)
    {
        isChanged = true;
        var old = segments.ToArray();
        foreach (var segment in old)
        {
            MarkDeleted(segment);
        }

        segments = SegmentList.Of([Segment.Create(environment.Files, Directory, offset, config, environment.Time, Jitter())]);
        Epochs.Clear();
        producers.TruncateFullyAndStartAt(offset);
        Volatile.Write(ref logStartOffset, newLogStartOffset);
        lock (offsetsGate)
        {
            end = new LogOffsetMetadata(offset, offset, 0);
            firstUnstable = null;
            truncations++;
            durable = end;
            Volatile.Write(ref recoveryPoint, Math.Min(recoveryPoint, offset));
        }

        RebuildProducers(offset, isClean: false);
        SetHighWatermark(LogEndOffsetMetadata);
        environment.Disk.SyncDirectory(Directory);
    }

    /// <summary>Takes segments out of the log; their files get the suffix <c>.deleted</c> and go after file.delete.delay.ms.</summary>
    private void RemoveSegments(IReadOnlyCollection<Segment> removed)
    {
        if (removed.Count == 0)
        {
            return;
        }

        segments = segments.Without(removed);
        foreach (var segment in removed)
        {
            MarkDeleted(segment);
        }
    }

    private void MarkDeleted(Segment segment)
    {
        segment.ChangeSuffix("", LogFileNames.DeletedSuffix);
        var snapshot = producers.MarkSnapshotDeleted(segment.BaseOffset);
        environment.Deletes.Add(environment.NowMs + config.FileDeleteDelayMs, () =>
        {
            segment.Delete();
            if (snapshot is not null)
            {
                environment.Disk.DeleteFile(snapshot);
            }
        });
    }

    private long Jitter() => environment.Jitter(Math.Min(config.SegmentJitterMs, config.SegmentMs));
}
