using Moldau.Core;
using Moldau.Protocol;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Raft;

/// <summary>The log of <c>__cluster_metadata-0</c> in Kafka's segment files, beside its snapshots and quorum state. A failure of the disk escapes, and
/// the replica stops.</summary>
public sealed class MetadataLog : IRaftLog
{
    /// <summary>Room for hours of metadata on a disk that is full, so that topics can be deleted there.</summary>
    private const int ReservedBytes = 4 * 1024 * 1024;

    private readonly PartitionLog _log;

    private MetadataLog(PartitionLog log)
    {
        _log = log;
    }

    public long StartOffset => _log.LogStartOffset;

    public long EndOffset => _log.LogEndOffset;

    public long SizeBytes => _log.SizeInBytes;

    public IReadOnlyList<EpochStart> Epochs => [.. _log.Epochs.Entries.Select(entry => new EpochStart(entry.Epoch, entry.StartOffset))];

    /// <summary>The directory of the metadata log within <c>metadata.log.dir</c>.</summary>
    public static string DirectoryIn(string metadataLogDirectory) => $"{metadataLogDirectory}/{LogFileNames.MetadataTopic}-0";

    /// <summary>
    /// Opens the log, made when missing; <paramref name="metadataLogDirectory"/> must be formatted. Everything is checked and torn batches at its end are cut.
    /// </summary>
    /// <param name="environment">What all logs of the node share.</param>
    /// <param name="metadataLogDirectory"><c>metadata.log.dir</c></param>
    /// <param name="segmentBytes"><c>metadata.log.segment.bytes</c></param>
    /// <param name="segmentMs"><c>metadata.log.segment.ms</c></param>
    /// <param name="deleteDelayMs"><c>internal.metadata.delete.delay.millis</c></param>
    public static MetadataLog Open(
        LogEnvironment environment, string metadataLogDirectory, int segmentBytes = 1 << 30, long segmentMs = 7L * 24 * 60 * 60 * 1000, long deleteDelayMs = 60_000)
    {
        string directory = DirectoryIn(metadataLogDirectory);
        IDisk disk = environment.Disk;
        // Also when it is there: a process killed here before may not have come to sync it.
        disk.CreateDirectoryDurably(directory);
        if (PartitionMetadataFile.Read(disk, directory) is null)
        {
            PartitionMetadataFile.Write(disk, directory, Uuid.MetadataTopic);
        }
        // Snapshots decide what may be deleted, so neither time nor size does; and no bound but that of the append holds.
        LogConfig config = LogConfig.Default with
        {
            SegmentBytes = segmentBytes, SegmentMs = segmentMs, RetentionMs = -1, RetentionBytes = -1, MaxMessageBytes = int.MaxValue,
            FileDeleteDelayMs = deleteDelayMs, DurableAppends = true, ReservedBytesMin = ReservedBytes,
        };
        // What cannot be told from the checkpoints of the log manager, which leaves this log alone, is checked from the start.
        var state = new LogLoadState(0, 0, IsClean: false, IsEndKnown: false);
        var log = new MetadataLog(PartitionLog.Open(environment, new TopicPartition(LogFileNames.MetadataTopic, 0), directory, config, state));
        log.Flush();
        return log;
    }

    public void Append(ReadOnlyMemory<byte> batches)
    {
        AppendResult result = _log.AppendAsFollower(batches, int.MaxValue);
        if (result.IsNoSpace)
        {
            throw new DiskException(DiskErrorKind.NoSpace, "append", _log.Directory, result.ErrorMessage!);
        }

        Invariant.That(result.IsAppended, $"the metadata log takes what the quorum appends: {result.Error} {result.ErrorMessage}");
    }

    public ReadOnlyMemory<byte> Read(long offset, int bytesMax)
    {
        using LogSlice slice = _log.Read(offset, bytesMax, FetchIsolation.LogEnd, minOneBatch: true);
        Invariant.That(slice.Error == ErrorCode.None, $"offset {offset} of the metadata log is read: {slice.Error}");
        byte[] bytes = new byte[slice.Length];
        return bytes.AsMemory(0, slice.CopyTo(bytes));
    }

    /// <summary>The records alone: each start looks at the whole log and builds its indexes.</summary>
    public void Flush() => _log.FlushRecords();

    public void Truncate(long offset) => _log.TruncateTo(offset);

    public void ResetTo(long offset) => _log.TruncateFullyAndStartAt(offset);

    public void AdvanceStart(long offset)
    {
        // A snapshot holds committed state only, so what it replaces is below the high watermark.
        _log.UpdateHighWatermark(Math.Max(_log.HighWatermark, offset));
        ErrorCode error = _log.IncrementLogStartOffset(offset);
        Invariant.That(error == ErrorCode.None, $"the metadata log starts at {offset}: {error}");
        _log.DeleteOldSegments();
    }

    public void Dispose() => _log.Dispose();
}
