using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>What the cleaner needs of a log. It reads segments beside everyone else and takes the lock only to replace them.</summary>
public sealed partial class PartitionLog
{
    private volatile int generation;

    /// <summary>Whether segments that were looked at under this generation may be replaced: the log is compacted, open, and has not been cut or moved since.</summary>
    internal bool IsCleanable(int lookedAt) => generation == lookedAt && !closed && failure is null && config.Compact;

    /// <summary>The segments with the generation that <see cref="IsCleanable"/> asks for.</summary>
    internal (SegmentList Segments, int Generation) SegmentsToClean()
    {
        EnsureLoaded();
        lock (gate)
        {
            return (segments, generation);
        }
    }

    /// <summary>Whether all these segments are still part of the log.</summary>
    internal bool HasAll(SegmentList list)
    {
        var now = segments;
        return list.All(now.Contains);
    }

    /// <summary>What each known producer appended last.</summary>
    internal Dictionary<long, ProducerLastRecord> LastRecordsOfProducers()
    {
        lock (gate)
        {
            var last = new Dictionary<long, ProducerLastRecord>(producers.Producers.Count);
            foreach (var entry in producers.Producers.Values)
            {
                last.Add(entry.ProducerId, new ProducerLastRecord(entry.LastDataOffset, entry.ProducerEpoch));
            }

            return last;
        }
    }

    /// <summary>The files of a segment that will replace others, with the suffix <c>.cleaned</c>.</summary>
    internal Segment CreateCleaned(long baseOffset) => Segment.Create(
        environment.Files, Directory, baseOffset, config with { Preallocate = false }, environment.Time, 0, LogFileNames.CleanedSuffix);

    /// <summary>Deletes the files of a segment that replaces nothing after all.</summary>
    internal void DiscardCleaned(Segment cleaned)
    {
        lock (gate)
        {
            if (failure is null)
            {
                cleaned.DirectoryMoved(Directory);
                cleaned.Delete();
            }
        }
    }

    /// <summary>
    /// Puts a cleaned segment, which is durable, in the place of others: <c>.cleaned</c> becomes <c>.swap</c>, and from then on a crash finds the new segment; the old files become
    /// <c>.deleted</c>; <c>.swap</c> goes. False when the log is no longer what it was, and nothing has changed.
    /// </summary>
    internal bool ReplaceSegments(Segment cleaned, IReadOnlyList<Segment> old, int lookedAt)
    {
        lock (gate)
        {
            var list = segments;
            if (!IsCleanable(lookedAt) || old.Any(segment => !list.Contains(segment)))
            {
                return false;
            }

            Guarded(() =>
            {
                cleaned.ChangeSuffix(LogFileNames.CleanedSuffix, LogFileNames.SwapSuffix);
                environment.Disk.SyncDirectory(Directory);
            });
            try
            {
                FinishReplacing(cleaned, old);
            }
            catch (DiskException exception)
            {
                // Files and memory may differ now, also when it was for want of space: only a new start can tell.
                failure = exception;
                environment.Fail(LogDirectory, exception);
                throw;
            }

            return true;
        }
    }

    /// <summary>Does something while the log is what it was; false when it is not.</summary>
    internal bool WhileCleanable(int lookedAt, Action work)
    {
        lock (gate)
        {
            if (!IsCleanable(lookedAt))
            {
                return false;
            }

            work();
            return true;
        }
    }

    /// <summary>A disk operation of the cleaner failed; the log directory goes offline unless there was only no space.</summary>
    internal void FailCleaning(DiskException exception) => Failed(exception);

    private void FinishReplacing(Segment cleaned, IReadOnlyList<Segment> old)
    {
        foreach (var segment in old)
        {
            MarkReplaced(segment, hasSnapshot: segment.BaseOffset != cleaned.BaseOffset);
        }

        if (old.Count > 1)
        {
            // Once the suffix is gone nothing tells a start which segments were replaced.
            environment.Disk.SyncDirectory(Directory);
        }

        segments = SegmentList.Of(segments.Where(segment => !old.Contains(segment)).Append(cleaned));
        cleaned.ChangeSuffix(LogFileNames.SwapSuffix, "");
        lock (offsetsGate)
        {
            // The place within a replaced segment is not the place within the new one.
            highWatermark = WithoutOldPlace(highWatermark);
            durable = WithoutOldPlace(durable);
        }
    }

    private LogOffsetMetadata WithoutOldPlace(LogOffsetMetadata offset) =>
        offset.SegmentBaseOffset < segments.Last.BaseOffset ? new LogOffsetMetadata(offset.Offset) : offset;

    private void MarkReplaced(Segment segment, bool hasSnapshot)
    {
        segment.ChangeSuffix("", LogFileNames.DeletedSuffix);
        var snapshot = hasSnapshot ? producers.MarkSnapshotDeleted(segment.BaseOffset) : null;
        environment.Deletes.Add(environment.NowMs + config.FileDeleteDelayMs, () =>
        {
            segment.Delete();
            if (snapshot is not null)
            {
                environment.Disk.DeleteFile(snapshot);
            }
        });
    }

    /// <summary>The log is cut, moved or closed: a compaction that is under way is for nothing.</summary>
    private void AbortCleaning() => generation++;
}
