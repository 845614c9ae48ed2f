using Microsoft.Extensions.Logging;

namespace Moldau.Storage;

/// <summary>A compacted log as it is now: how much of it is clean, how much can be compacted, and whether that is worth it. Immutable but for the log itself.</summary>
internal sealed class CleanableLog
{
    private CleanableLog(PartitionLog log, SegmentList segments, int generation)
    {
        Log = log;
        Segments = segments;
        Generation = generation;
    }

    public PartitionLog Log { get; }

    /// <summary>The segments when it was looked at.</summary>
    public SegmentList Segments { get; }

    /// <summary>What <see cref="PartitionLog.IsCleanable"/> wants to hear: with another generation the segments are no longer these.</summary>
    public int Generation { get; }

    /// <summary>Everything before it is compacted.</summary>
    public long FirstDirtyOffset { get; private init; }

    /// <summary>Nothing from here on may be compacted: the beginning of a segment.</summary>
    public long FirstUncleanableOffset { get; private init; }

    public long CleanBytes { get; private init; }

    public long CleanableBytes { get; private init; }

    /// <summary>For how long records have waited beyond max.compaction.lag.ms; 0 when none has.</summary>
    public long OverdueMs { get; private init; }

    /// <summary>The checkpoint was outside of the log and is to be set to <see cref="FirstDirtyOffset"/>.</summary>
    public bool ResetsCheckpoint { get; private init; }

    public double DirtyRatio => CleanBytes + CleanableBytes == 0 ? 0 : (double)CleanableBytes / (CleanBytes + CleanableBytes);

    /// <summary>Whether the log is to be compacted now.</summary>
    public bool IsDue => CleanableBytes > 0 && (OverdueMs > 0 || DirtyRatio > Log.Config.MinCleanableDirtyRatio);

    /// <summary>Looks at a log; opens it when it is not open yet.</summary>
    /// <param name="log">A log that is compacted.</param>
    /// <param name="checkpoint">Where the last compaction ended; null for none.</param>
    /// <param name="nowMs">Now.</param>
    /// <param name="logger">Told of a checkpoint that cannot be right.</param>
    public static CleanableLog Of(PartitionLog log, long? checkpoint, long nowMs, ILogger logger)
    {
        var (segments, generation) = log.SegmentsToClean();
        var start = log.LogStartOffset;
        var dirty = checkpoint ?? start;
        var isOutside = dirty < start || dirty > log.LogEndOffset;
        if (isOutside)
        {
            if (dirty > start || !log.Config.Delete)
            {
                logger.LogWarning("{Partition}: compaction begins anew at {Start}, as the checkpoint says {Checkpoint} and the log has offsets from {Start} to {End}",
                    log.Partition, start, dirty, start, log.LogEndOffset);
            }

            dirty = start;
        }

        var uncleanable = UncleanableIndex(log, segments, dirty, nowMs);
        var bound = segments[uncleanable].BaseOffset;
        return new CleanableLog(log, segments, generation)
        {
            FirstDirtyOffset = dirty,
            FirstUncleanableOffset = bound,
            ResetsCheckpoint = isOutside,
            CleanBytes = Bytes(segments, 0, dirty),
            CleanableBytes = dirty >= bound ? 0 : Bytes(segments, Math.Max(0, segments.FloorIndex(dirty)), bound),
            OverdueMs = Overdue(log, segments, dirty, nowMs),
        };
    }

    /// <summary>
    /// The first segment that must not be touched: the active one, the one that holds the last stable offset (never above the high watermark), and those with records younger than
    /// min.compaction.lag.ms.
    /// </summary>
    private static int UncleanableIndex(PartitionLog log, SegmentList segments, long dirty, long nowMs)
    {
        var active = segments.Count - 1;
        var index = Math.Clamp(segments.FloorIndex(Math.Max(log.LastStableOffset, dirty)), 0, active);
        var lag = log.Config.MinCompactionLagMs;
        if (lag > 0)
        {
            for (var i = Math.Max(0, segments.FloorIndex(dirty)); i < index; i++)
            {
                if (segments[i].LargestTimestampMs > nowMs - lag)
                {
                    return i;
                }
            }
        }

        return index;
    }

    private static long Overdue(PartitionLog log, SegmentList segments, long dirty, long nowMs)
    {
        var lag = Math.Max(0, log.Config.MaxCompactionLagMs);
        if (lag >= nowMs)
        {
            return 0;
        }

        var oldest = long.MaxValue;
        for (var i = Math.Max(0, segments.FloorIndex(dirty)); i < segments.Count - 1; i++)
        {
            if (segments[i].FirstBatchTimestampMs is { } first and > 0)
            {
                oldest = Math.Min(oldest, first);
            }
        }

        return oldest < nowMs - lag ? nowMs - lag - oldest : 0;
    }

    private static long Bytes(SegmentList segments, int from, long end)
    {
        long sum = 0;
        for (var i = from; i < segments.Count && segments[i].BaseOffset < end; i++)
        {
            sum += segments[i].Size;
        }

        return sum;
    }
}
