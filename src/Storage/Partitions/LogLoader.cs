using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// Finds the segments of a log on disk and brings them into order: finishes or undoes what a cleaner or a deletion had begun, and after an unclean stop
/// checks every batch from the recovery point on.
/// Used once for each load, on one thread.
/// </summary>
internal sealed class LogLoader(LogEnvironment environment, TopicPartition partition, string directory, LogConfig config, LogLoadState state,
    LeaderEpochCache epochs)
{
    private const string DeletedMetadataSnapshot = LogFileNames.MetadataSnapshotSuffix + LogFileNames.DeletedSuffix;

    private readonly IDisk disk = environment.Disk;
    private readonly List<Segment> segments = [];
    private readonly CutFiles cuts = new(environment, partition, directory);
    private long recoveryPoint = state.RecoveryPoint;
    private bool wasCleaning;

    /// <summary>Files were made, rebuilt or put in another's place, and may not be on the device yet.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>The segments, where the log ends, and from where it is not known to be durable.</summary>
    public (IReadOnlyList<Segment> Segments, long EndOffset, long RecoveryPoint) Load()
    {
        cuts.Found(FileNames());
        FinishSwaps(RemoveTemporaryFiles());
        CheckEpochs();
        FindSegments();
        SplitOverflowed();
        if (!state.IsClean)
        {
            Recover();
        }

        long? endOffset = segments.Count > 0 ? segments[^1].ReadNextOffset() : null;
        if (endOffset < state.LogStartOffset)
        {
            environment.Logger.LogWarning(
                "{Partition} ends at {End}, before its log start offset {Start}: its segments were removed by someone else. It starts anew.",
                    partition, endOffset, state.LogStartOffset);
            segments.ForEach(segment => cuts.TakeAway(segment, state.LogStartOffset, isBounded: false));
            segments.Clear();
            epochs.Clear();
            endOffset = null;
        }

        if (segments.Count == 0)
        {
            HasWritten = config.Preallocate || !state.IsEndKnown;
            segments.Add(Segment.Create(environment.Files, directory, state.LogStartOffset, config, environment.Time, Jitter()));

            // The directory was made without a wait for the device; what is appended from here on may have to survive a power loss.
            PartitionMetadataFile.Sync(disk, directory);
            disk.SyncDirectory(directory);
            environment.SyncNames(AtomicFile.Parent(directory));
        }

        var end = endOffset ?? state.LogStartOffset;
        return (segments, end, state.IsClean && endOffset is not null ? end : Math.Min(recoveryPoint, end));
    }

    /// <summary>What waited to be deleted goes now; what a cleaner had not finished is undone. The swap files that are whole are the answer.</summary>
    private List<string> RemoveTemporaryFiles()
    {
        var swaps = new List<string>();
        var cleaned = new List<string>();
        var firstCleaned = long.MaxValue;
        var names = FileNames();
        foreach (var name in names)
        {
            if (name.EndsWith(LogFileNames.DeletedSuffix, StringComparison.Ordinal) && !name.EndsWith(DeletedMetadataSnapshot, StringComparison.Ordinal))
            {
                disk.DeleteFile(At(name));
                wasCleaning |= IsReplaced(name, names);
            }
            else if (name.EndsWith(LogFileNames.CleanedSuffix, StringComparison.Ordinal) && LogFileNames.TryOffset(name, out var offset))
            {
                cleaned.Add(name);
                firstCleaned = Math.Min(firstCleaned, offset);
            }
            else if (name.EndsWith(LogFileNames.SwapSuffix, StringComparison.Ordinal) && LogFileNames.TryOffset(name, out _))
            {
                swaps.Add(name);
            }
        }

        // A split renames its parts to .swap from the highest offset down: a part at or above one that is still .cleaned is not to be trusted.
        foreach (var name in swaps.Where(name => OffsetOf(name) >= firstCleaned).Concat(cleaned).ToArray())
        {
            disk.DeleteFile(At(name));
            swaps.Remove(name);
        }

        wasCleaning |= cleaned.Count > 0 || swaps.Count > 0;
        return swaps;
    }

    /// <summary>What retention deletes lies before all that is left; a deleted segment that does not was replaced by a compacted one.</summary>
    private static bool IsReplaced(string deleted, List<string> names) =>
        LogFileNames.TryOffset(deleted, out var offset) && names.Exists(name =>
            (name.EndsWith(LogFileNames.LogSuffix, StringComparison.Ordinal) || name.EndsWith(LogFileNames.LogSuffix + LogFileNames.SwapSuffix, StringComparison.Ordinal))
            && OffsetOf(name) <= offset);

    /// <summary>A swap is complete once all its files have the suffix: the segments that they replace go, and the suffix goes.</summary>
    private void FinishSwaps(List<string> swaps)
    {
        if (swaps.Count == 0)
        {
            return;
        }

        HasWritten = true;
        long from = long.MaxValue;
        long to = long.MinValue;
        foreach (var name in swaps.Where(name => name.EndsWith(LogFileNames.LogSuffix + LogFileNames.SwapSuffix, StringComparison.Ordinal)))
        {
            var segment = Segment.Open(environment.Files, directory, OffsetOf(name), config, environment.Time, 0, LogFileNames.SwapSuffix);
            from = Math.Min(from, segment.BaseOffset);
            to = Math.Max(to, segment.ReadNextOffset());
            segment.Close();
        }

        foreach (var name in FileNames())
        {
            if (!name.EndsWith(LogFileNames.SwapSuffix, StringComparison.Ordinal) && LogFileNames.TryOffset(name, out var offset) && offset >= from
                && offset < to)
            {
                disk.DeleteFile(At(name));
            }
        }

        foreach (var name in swaps)
        {
            disk.Move(At(name), At(name[..^LogFileNames.SwapSuffix.Length]));
        }

        disk.SyncDirectory(directory);
    }

    /// <summary>Leader epochs that cannot be read are rebuilt from all batches.</summary>
    private void CheckEpochs()
    {
        try
        {
            _ = epochs.LatestEpoch;
        }
        catch (CorruptFileException exception)
        {
            environment.Logger.LogWarning("{Partition}: {Reason}. The leader epochs are rebuilt from the log.", partition, exception.Message);
            disk.DeleteFile(At(LogFileNames.LeaderEpochCheckpoint));
            recoveryPoint = 0;
        }
    }

    private void FindSegments()
    {
        var names = FileNames();
        var all = new HashSet<string>(names, StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!LogFileNames.TryOffset(name, out var offset))
            {
                continue;
            }

            if (IsIndex(name) && !all.Contains(LogFileNames.Log(offset)))
            {
                disk.DeleteFile(At(name));
            }
            else if (name.EndsWith(LogFileNames.LogSuffix, StringComparison.Ordinal))
            {
                segments.Add(Segment.Open(environment.Files, directory, offset, config, environment.Time, Jitter()));
            }
        }

        segments.Sort((left, right) => left.BaseOffset.CompareTo(right.BaseOffset));
        foreach (var segment in segments.Where(segment => !HasIndexes(segment, all)).ToArray())
        {
            environment.Logger.LogWarning("{Segment} lacks an index or has a bad one; it is rebuilt.", segment);
            RecoverSegment(segment);
        }
    }

    private static bool HasIndexes(Segment segment, HashSet<string> names) =>
        names.Contains(LogFileNames.OffsetIndex(segment.BaseOffset)) && names.Contains(LogFileNames.TimeIndex(segment.BaseOffset))
        && (!names.Contains(LogFileNames.TransactionIndex(segment.BaseOffset)) || segment.TransactionIndex.IsSane(segment.ReadNextOffset()));

    private void Recover()
    {
        var first = Math.Max(0, segments.FindLastIndex(segment => segment.BaseOffset <= recoveryPoint));
        for (var i = first; i < segments.Count; i++)
        {
            // A split leaves the first part in the segment's place.
            var cut = RecoverSegment(segments[i]) ?? RecoverSegment(segments[i]) ?? 0;
            if (cut == 0 && !HasGapBehind(i))
            {
                continue;
            }

            var end = segments[i].ReadNextOffset();
            foreach (var segment in segments.Skip(i + 1))
            {
                cuts.TakeAway(segment, end);
            }

            if (i + 1 < segments.Count)
            {
                // A clean stop makes the next start trust all files: these must not come back.
                disk.SyncDirectory(directory);
            }

            segments.RemoveRange(i + 1, segments.Count - i - 1);
        }
    }

    /// <summary>
    /// A power loss can take the end of a segment at the border of a batch and leave the next segment: what lies behind the gap is no prefix of the log. Only compaction leaves gaps by right,
    /// also when the topic is not compacted any more or its configuration is not known yet. No segment was ever rolled so far from its base offset as a split leaves them.
    /// </summary>
    private bool HasGapBehind(int index) =>
        index + 1 < segments.Count && segments[index + 1].BaseOffset > Math.Max(state.CleanedOffset, segments[index].ReadNextOffset())
        && segments[index + 1].BaseOffset - segments[index].BaseOffset <= int.MaxValue + 1L && !config.Compact && !wasCleaning;

    /// <summary>After a clean stop nobody reads all batches: only a segment whose successor is far away can hold too large offsets.</summary>
    private void SplitOverflowed()
    {
        for (var i = 0; i < segments.Count; i++)
        {
            var next = NextBaseOffset(segments[i]);
            if ((next ?? recoveryPoint) - segments[i].BaseOffset > int.MaxValue && SegmentSplitter.IsOverflowed(segments[i], next))
            {
                Split(segments[i]);
            }
        }
    }

    private long? NextBaseOffset(Segment segment)
    {
        var index = segments.IndexOf(segment) + 1;
        return index < segments.Count ? segments[index].BaseOffset : null;
    }

    /// <summary>The parts take the segment's place, in memory, too; their indexes and all that follows from their batches are built anew.</summary>
    private void Split(Segment segment)
    {
        var end = NextBaseOffset(segment) ?? long.MaxValue;
        var swaps = new SegmentSplitter(environment, directory, config).Split(segment);
        segments.ForEach(each => each.Close());
        FinishSwaps(swaps);
        segments.Clear();
        wasCleaning = true;
        FindSegments();
        foreach (var part in segments.Where(part => part.BaseOffset >= segment.BaseOffset && part.BaseOffset < end).ToArray())
        {
            RecoverSegment(part);
        }
    }

    /// <summary>The bytes cut; null when the segment was split instead.</summary>
    private int? RecoverSegment(Segment segment)
    {
        HasWritten = true;
        var producers = new ProducerStateManager(disk, partition, directory);
        producers.FindSnapshots(FileNames());
        producers.TruncateAndReload(state.LogStartOffset, segment.BaseOffset, environment.NowMs, config.ProducerIdExpirationMs);
        foreach (var earlier in segments.Where(other => other.BaseOffset < segment.BaseOffset && other.BaseOffset + 1 > 0))
        {
            ReplayInto(producers, earlier, segment.BaseOffset);
        }

        producers.Advance(segment.BaseOffset);
        var cut = segment.Recover(producers, epochs, cuts, NextBaseOffset(segment));
        if (cut is null)
        {
            if (SegmentSplitter.IsOverflowed(segment, NextBaseOffset(segment)))
            {
                Split(segment);
                return null;
            }

            return Math.Max(1, RecoverSegment(segment) ?? 0);
        }

        // Synced also where there are no producers: a power loss would leave an empty file in its place, which no later snapshot of that offset replaces.
        producers.TakeSnapshot(sync: true);
        return cut;
    }

    private static void ReplayInto(ProducerStateManager producers, Segment segment, long endOffset)
    {
        var from = Math.Max(producers.MapEndOffset, segment.BaseOffset);
        segment.Visit(from, segment.Size, (in BatchHeader batch, int position) =>
        {
            if (batch.LastOffset < from || batch.BaseOffset >= endOffset)
            {
                return;
            }

            if (batch.HasProducerId)
            {
                var bytes = batch.IsControl ? segment.ReadBatch(position, batch.SizeInBytes) : [];
                if (producers.Replay(batch, bytes, new LogOffsetMetadata(batch.BaseOffset)) is { } ended)
                {
                    producers.Complete(ended);
                }
            }

            producers.Advance(batch.NextOffset);
        });
    }

    private static bool IsIndex(string name) =>
        name.EndsWith(LogFileNames.OffsetIndexSuffix, StringComparison.Ordinal)
        || name.EndsWith(LogFileNames.TimeIndexSuffix, StringComparison.Ordinal)
        || name.EndsWith(LogFileNames.TransactionIndexSuffix, StringComparison.Ordinal);

    private static long OffsetOf(string name) => LogFileNames.TryOffset(name, out var offset) ? offset : 0;

    private List<string> FileNames()
    {
        var names = new List<string>();
        foreach (var entry in disk.List(directory))
        {
            if (!entry.IsDirectory)
            {
                names.Add(entry.Name);
            }
        }

        return names;
    }

    private string At(string name) => $"{directory}/{name}";

    private long Jitter() => environment.Jitter(Math.Min(config.SegmentJitterMs, config.SegmentMs));
}
