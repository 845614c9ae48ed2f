using Moldau.Core;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// One compaction of one log: first the last offsets of the keys in its dirty part are collected, as far as memory goes, then all segments up to there are copied, group by group, without what
/// is superseded, and each copy takes the place of its group. It advances in steps of one read, so that it can share a thread, be slowed down and be dropped; what a step throws ends it:
/// <see cref="DiskException"/>, <see cref="RecordException"/>, <see cref="CorruptFileException"/>, <see cref="CompactionAbortedException"/>. One thread at a time; dispose it.
/// </summary>
internal sealed partial class LogCompaction : IDisposable
{
    private readonly LogEnvironment environment;
    private readonly CleanableLog target;
    private readonly PartitionLog log;
    private readonly CleanerOptions options;
    private readonly CleanerThrottle throttle;
    private readonly OffsetMap map;
    private readonly RecordDecompressor controlDecompressor = RecordDecompressor.Rent();
    private readonly RecordDecompressor decompressor = RecordDecompressor.Rent();
    private readonly RecordBatchFilter filter = new();
    private readonly IEnumerator<long> steps;
    private byte[] buffer;

    public LogCompaction(LogEnvironment environment, CleanableLog target, CleanerOptions options, CleanerThrottle throttle)
    {
        this.environment = environment;
        this.target = target;
        this.options = options;
        this.throttle = throttle;
        log = target.Log;
        StartedMs = environment.NowMs;
        map = new OffsetMap(
            environment.Entropy, target.FirstUncleanableOffset - target.FirstDirtyOffset, options.DedupeBytesEach, options.DedupeBufferLoadFactor);
        buffer = new byte[Math.Min(options.ReadBytesEach, target.Segments.Max(segment => segment.Size))];
        Statistics = new CompactionStatistics { MapSizeBytes = map.SizeBytes };
        steps = Steps().GetEnumerator();
    }

    public CleanableLog Target => target;

    public CompactionStatistics Statistics { get; }

    public long StartedMs { get; }

    /// <summary>Once it has ended: everything before it is compacted.</summary>
    public long EndOffset { get; private set; } = -1;

    /// <summary>Does the next step; false when there is none. Then <paramref name="waitMs"/> is how long to wait before the step after it.</summary>
    public bool Step(out long waitMs)
    {
        waitMs = 0;
        if (!log.IsCleanable(target.Generation))
        {
            throw new CompactionAbortedException();
        }

        if (!steps.MoveNext())
        {
            return false;
        }

        waitMs = steps.Current;
        return true;
    }

    /// <summary>Gives the memory back; files that replace nothing yet are deleted.</summary>
    public void Dispose()
    {
        steps.Dispose();
        map.Dispose();
        filter.Dispose();
        controlDecompressor.Dispose();
        decompressor.Dispose();
    }

    private IEnumerable<long> Steps()
    {
        foreach (var waitMs in BuildMap())
        {
            yield return waitMs;
        }

        var endOffset = map.LatestOffset + 1;
        Statistics.MapKeys = map.Count;
        Statistics.MapUtilization = map.Count / Math.Max(1.0, options.DedupeBytesEach / OffsetMap.EntryBytes * options.DedupeBufferLoadFactor);
        var transactions = new CleanedTransactions(controlDecompressor);
        var retention = new CleanerRetention(map, transactions, target.FirstUncleanableOffset, StartedMs);
        var legacyHorizonMs = LegacyDeleteHorizon();
        foreach (var group in Groups(endOffset))
        {
            foreach (var waitMs in Clean(group, retention, transactions, legacyHorizonMs))
            {
                yield return waitMs;
            }
        }

        Statistics.RecordsWithoutKey = retention.RecordsWithoutKey;
        Statistics.ElapsedMs = environment.NowMs - StartedMs;
        EndOffset = endOffset;
    }

    /// <summary>
    /// Segments that become one: as long as their bytes fit in one segment, their entries in its indexes and their offsets under its base offset. So segments do not dwindle.
    /// </summary>
    private IEnumerable<List<Segment>> Groups(long endOffset)
    {
        var config = log.Config;
        var group = new List<Segment>();
        long bytes = 0;
        long offsetEntries = 0;
        long timeEntries = 0;
        for (var i = 0; i < target.Segments.Count && target.Segments[i].BaseOffset < endOffset; i++)
        {
            var segment = target.Segments[i];
            bytes += segment.Size;
            offsetEntries += segment.OffsetIndex.Count;
            timeEntries += segment.TimeIndex.Count;
            var lastOffset = target.Segments[i + 1].BaseOffset - 1;
            if (group.Count > 0 && (bytes > config.SegmentBytes || offsetEntries * OffsetIndex.EntrySize > config.SegmentIndexBytes
                || timeEntries * TimeIndex.EntrySize > config.SegmentIndexBytes || (segment.Size > 0 && lastOffset - group[0].BaseOffset > int.MaxValue)))
            {
                yield return group;
                group = [];
                bytes = segment.Size;
                offsetEntries = segment.OffsetIndex.Count;
                timeEntries = segment.TimeIndex.Count;
            }

            group.Add(segment);
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    /// <summary>Tombstones of magic 0 and 1 go when the segment that holds them was last written before this.</summary>
    private long LegacyDeleteHorizon()
    {
        var index = target.Segments.FloorIndex(target.FirstDirtyOffset - 1);
        return index < 0 ? 0 : target.Segments[index].LastModifiedMs - log.Config.DeleteRetentionMs;
    }

    /// <summary>Reads whole batches from a position on, at least one; the buffer grows when a batch is larger. What was read, of which the end may be half a batch.</summary>
    private ReadOnlySpan<byte> ReadBatches(Segment segment, int position)
    {
        while (true)
        {
            var left = segment.Size - position;
            var wanted = Math.Min(buffer.Length, left);
            var read = segment.Log.Read(buffer.AsSpan(0, wanted), position);
            var bytes = buffer.AsSpan(0, read);
            if (read < wanted || !RecordBatchHeader.TryReadSize(bytes, out var size) || size > left)
            {
                throw new CorruptFileException(segment.Log.Path, $"the {left} bytes at position {position} do not begin with a whole batch");
            }

            if (size <= read)
            {
                return bytes;
            }

            buffer = new byte[size];
        }
    }

    private long Throttled(long bytes) => throttle.Count(bytes);
}
