using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// A stretch of the log: one file of batches and its three indexes. Files open when they are used. Written by the partition's writer, under its lock;
/// reads may come from any thread.
/// </summary>
internal sealed partial class Segment
{
    private const int WindowBytes = 4096;
    private const int ReservedBytesMax = 16 * 1024 * 1024;

    private readonly TimeProvider time;
    private readonly long createdMs;
    private TimestampOffset? maxTimestamp;
    private long? firstBatchTimestamp;
    private int bytesSinceIndexEntry;
    private int indexIntervalBytes;
    private int size = -1;
    private bool reserves;
    private int segmentBytes;
    private int reservedBytesMin;
    private long reserved;

    private Segment(OpenFiles files, string directory, long baseOffset, LogConfig config, TimeProvider time, long rollJitterMs, string suffix)
    {
        this.time = time;
        BaseOffset = baseOffset;
        RollJitterMs = rollJitterMs;
        indexIntervalBytes = config.IndexIntervalBytes;
        reserves = config.DurableAppends && !config.Preallocate;
        segmentBytes = config.SegmentBytes;
        reservedBytesMin = config.ReservedBytesMin;
        createdMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        Log = new LogFile(files, $"{directory}/{LogFileNames.Log(baseOffset)}{suffix}", create: true);
        OffsetIndex = new OffsetIndex(new LogFile(files, $"{directory}/{LogFileNames.OffsetIndex(baseOffset)}{suffix}", create: true), baseOffset,
            config.SegmentIndexBytes);
        TimeIndex = new TimeIndex(new LogFile(files, $"{directory}/{LogFileNames.TimeIndex(baseOffset)}{suffix}", create: true), baseOffset,
            config.SegmentIndexBytes);
        TransactionIndex = new TransactionIndex(new LogFile(files, $"{directory}/{LogFileNames.TransactionIndex(baseOffset)}{suffix}", create: true),
            baseOffset);
    }

    public long BaseOffset { get; }

    public LogFile Log { get; }

    public OffsetIndex OffsetIndex { get; }

    public TimeIndex TimeIndex { get; }

    public TransactionIndex TransactionIndex { get; }

    /// <summary>What a roll by time is earlier for this segment.</summary>
    public long RollJitterMs { get; }

    /// <summary>Bytes of batches.</summary>
    public int Size
    {
        get
        {
            var known = Volatile.Read(ref size);
            if (known < 0)
            {
                known = checked((int)Log.Length);
                Volatile.Write(ref size, known);
            }

            return known;
        }
    }

    /// <summary>The largest timestamp and the last offset of the first batch that has it; from the time index until the segment is written.</summary>
    public TimestampOffset MaxTimestamp => maxTimestamp ??= TimeIndex.LastEntry;

    /// <summary>The largest timestamp of a record; when no record has one, the time the file was last written (milliseconds).</summary>
    public long LargestTimestampMs => MaxTimestamp.Timestamp >= 0 ? MaxTimestamp.Timestamp : LastModifiedMs;

    public long LastModifiedMs => Disk.LastModified(Log.Path).ToUnixTimeMilliseconds();

    /// <summary>The largest timestamp of the first batch; null when there is none. Not for the segment that is written.</summary>
    public long? FirstBatchTimestampMs => firstBatchTimestamp ??= ReadFirstBatchTimestamp();

    private IDisk Disk => Log.Disk;

    /// <summary>Makes the files of a new segment; leftovers of an earlier one with the same offset are deleted.</summary>
    public static Segment Create(OpenFiles files, string directory, long baseOffset, LogConfig config, TimeProvider time, long rollJitterMs, string suffix = "")
    {
        var segment = new Segment(files, directory, baseOffset, config, time, rollJitterMs, suffix) { size = 0, maxTimestamp = new TimestampOffset(-1,
            baseOffset) };
        try
        {
            files.Disk.DeleteFile(segment.TransactionIndex.File.Path);
            segment.Log.SetLength(0);
            segment.OffsetIndex.File.SetLength(0);
            segment.TimeIndex.File.SetLength(0);
            if (config.Preallocate)
            {
                segment.Log.Preallocate(config.SegmentBytes);
            }
        }
        catch (DiskException exception) when (exception.Kind == DiskErrorKind.NoSpace)
        {
            // The log goes on in the last segment; an empty file with this offset must not be found among the segments by the next start.
            segment.Delete();
            files.Disk.SyncDirectory(directory);
            throw;
        }

        return segment;
    }

    /// <summary>A segment whose log file exists; nothing is opened yet.</summary>
    public static Segment Open(OpenFiles files, string directory, long baseOffset, LogConfig config, TimeProvider time, long rollJitterMs,
        string suffix = "") =>
        new(files, directory, baseOffset, config, time, rollJitterMs, suffix);

    public void UpdateConfig(LogConfig config)
    {
        indexIntervalBytes = config.IndexIntervalBytes;
        reserves = config.DurableAppends && !config.Preallocate;
        segmentBytes = config.SegmentBytes;
        reservedBytesMin = config.ReservedBytesMin;
        OffsetIndex.Resize(config.SegmentIndexBytes);
        TimeIndex.Resize(config.SegmentIndexBytes);
    }

    /// <summary>Whether this append must go to a new segment.</summary>
    public bool ShouldRoll(LogConfig config, int appendBytes, long appendMaxTimestamp, long appendLastOffset, long nowMs)
    {
        var bytes = Size;
        return bytes > config.SegmentBytes - appendBytes
            || (bytes > 0 && WaitedForRollMs(nowMs, appendMaxTimestamp) > config.SegmentMs - RollJitterMs)
            || OffsetIndex.IsFull || TimeIndex.IsFull || !OffsetIndex.CanHold(appendLastOffset);
    }

    /// <summary>A guess of <see cref="ShouldRoll"/>, from any thread: true also when the answer is in the file, and only a look there would tell.</summary>
    public bool MayRoll(LogConfig config, int appendBytes, long appendMaxTimestamp, long nowMs)
    {
        var bytes = Size;
        return bytes > config.SegmentBytes - appendBytes
            || (bytes > 0 && (firstBatchTimestamp is null || WaitedForRollMs(nowMs, appendMaxTimestamp) > config.SegmentMs - RollJitterMs));
    }

    /// <summary>Writes batches at the end, in one write, and index entries where Kafka has them. When the write fails nothing has changed but bytes behind
    /// the end.</summary>
    public void Append(ReadOnlySpan<byte> records, long lastOffset)
    {
        Invariant.That(OffsetIndex.CanHold(lastOffset), "a segment is rolled before its offsets overflow");
        var position = Size;
        if (reserves && position + records.Length > reserved - (reservedBytesMin / 2))
        {
            Reserve(position + records.Length);
        }

        Log.Write(records, position);
        Volatile.Write(ref size, position + records.Length);
        for (var rest = records; BatchHeader.TryRead(rest, out var batch); rest = rest[batch.SizeInBytes..])
        {
            if (batch.MaxTimestamp > MaxTimestamp.Timestamp)
            {
                maxTimestamp = new TimestampOffset(batch.MaxTimestamp, batch.LastOffset);
            }

            if (position == 0)
            {
                firstBatchTimestamp = batch.MaxTimestamp;
            }

            if (bytesSinceIndexEntry > indexIntervalBytes && !OffsetIndex.IsFull && !TimeIndex.IsFull)
            {
                OffsetIndex.Append(batch.LastOffset, position);
                TimeIndex.MaybeAppend(MaxTimestamp.Timestamp, MaxTimestamp.Offset);
                bytesSinceIndexEntry = 0;
            }

            position += batch.SizeInBytes;
            bytesSinceIndexEntry += batch.SizeInBytes;
        }
    }

    /// <summary>No longer written: a last time index entry, indexes on disk, no more bytes than the batches need.</summary>
    public void Seal()
    {
        TimeIndex.MaybeAppend(MaxTimestamp.Timestamp, MaxTimestamp.Offset, evenIfFull: true);
        OffsetIndex.Seal();
        TimeIndex.Seal();
        if (Log.Length > Size || reserved > Size)
        {
            Log.SetLength(Size);
            reserved = 0;
        }
    }

    /// <summary>fsync of all files.</summary>
    public void Sync()
    {
        Log.Sync(dataOnly: true);
        OffsetIndex.Sync();
        TimeIndex.Sync();
        TransactionIndex.Sync();
    }

    /// <summary>Cuts what lies at and behind <paramref name="offset"/>; the bytes cut.</summary>
    public int TruncateTo(long offset)
    {
        var found = Translate(offset, 0);
        OffsetIndex.TruncateTo(offset);
        TimeIndex.TruncateTo(offset);
        TransactionIndex.TruncateTo(offset);
        var cut = 0;
        if (found is { } batch)
        {
            cut = Size - batch.Position;
            TruncateLog(batch.Position);
        }

        bytesSinceIndexEntry = 0;
        if (Size == 0)
        {
            firstBatchTimestamp = null;
        }

        maxTimestamp = ReadMaxTimestamp();
        return cut;
    }

    /// <summary>Closes the open files; a later use opens them again.</summary>
    public void Close()
    {
        OffsetIndex.Flush();
        TimeIndex.Flush();
        Log.Close();
        OffsetIndex.File.Close();
        TimeIndex.File.Close();
        TransactionIndex.File.Close();
    }

    /// <summary>Gives the files another suffix: <c>.deleted</c>, <c>.swap</c>, or none.</summary>
    public void ChangeSuffix(string from, string to)
    {
        foreach (var file in Files())
        {
            Invariant.That(file.Path.EndsWith(from, StringComparison.Ordinal));
            file.Rename(file.Path[..^from.Length] + to);
        }
    }

    public void Delete()
    {
        foreach (var file in Files())
        {
            file.Delete();
        }
    }

    public void DirectoryMoved(string directory)
    {
        foreach (var file in Files())
        {
            file.DirectoryMoved(directory);
        }
    }

    public override string ToString() => Log.Path;

    private LogFile[] Files() => [Log, OffsetIndex.File, TimeIndex.File, TransactionIndex.File];

    /// <summary>Blocks for what comes next, in proportion to what is there: few for a partition that is hardly written.</summary>
    private void Reserve(long needed)
    {
        var wanted = Math.Min(segmentBytes, needed + Math.Clamp(needed / 2, reservedBytesMin, Math.Max(reservedBytesMin, ReservedBytesMax)));
        if (wanted <= reserved)
        {
            return;
        }

        try
        {
            Log.Reserve(wanted);
            reserved = wanted;
        }
        catch (DiskException exception) when (exception.Kind == DiskErrorKind.NoSpace)
        {
            // What is written may fit all the same, and says so when it does not.
        }
    }

    private void TruncateLog(int length)
    {
        reserved = 0;
        Log.SetLength(length);
        Volatile.Write(ref size, length);
    }

    private long WaitedForRollMs(long nowMs, long appendMaxTimestamp)
    {
        firstBatchTimestamp ??= ReadFirstBatchTimestamp();
        return firstBatchTimestamp is { } first and >= 0 ? appendMaxTimestamp - first : nowMs - createdMs;
    }
}
