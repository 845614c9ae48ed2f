using Moldau.Core;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// The log of one partition (Kafka's UnifiedLog): segments, leader epochs, producers, and the offsets that bound what may be read. Appends run inline on
/// the caller's thread under the log's lock, one at a time;
/// reads run beside them. A log that was stopped in good order opens its files at the first use. All members may be called from any thread unless they say
/// otherwise; those that touch files may block.
/// </summary>
/// <remarks>A failed disk operation is told to <see cref="LogEnvironment.DirectoryFailed"/> and thrown as DiskException, but for appends, which answer
/// with an error.</remarks>
public sealed partial class PartitionLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly Lock flushGate = new();
    private readonly Lock offsetsGate = new();
    private readonly LogEnvironment environment;

    /// <summary>Made when the files are looked at: idle partitions have none.</summary>
    private ProducerStateManager producers = null!;
    private List<CompletedTransaction> completed = null!;
    private bool isChanged;
    private bool isReplaced;
    private string? logDirectory;
    private long checkpointedRecoveryPoint = -1;
    private long checkpointedLogStart = -1;
    private volatile SegmentList segments = SegmentList.Empty;
    private volatile LogConfig config;
    private volatile bool loaded;
    private volatile DiskException? failure;
    private LogLoadState loadState;
    private LogOffsetMetadata end;
    private LogOffsetMetadata highWatermark;
    private LogOffsetMetadata? firstUnstable;
    private long logStartOffset;
    private long recoveryPoint;
    private long lastFlushMs;
    private volatile bool closed;

    private PartitionLog(LogEnvironment environment, TopicPartition partition, string directory, LogConfig config, LogLoadState state)
    {
        this.environment = environment;
        this.config = config;
        appendSettings = SettingsOf(config);
        Partition = partition;
        Directory = directory;
        loadState = state;
        logStartOffset = state.LogStartOffset;
        recoveryPoint = state.RecoveryPoint;
        end = new LogOffsetMetadata(Math.Max(state.RecoveryPoint, state.LogStartOffset));
        durable = state.IsEndKnown ? end : new LogOffsetMetadata(state.LogStartOffset);
        highWatermark = new LogOffsetMetadata(state.LogStartOffset);
        lastFlushMs = environment.NowMs;
        Epochs = new LeaderEpochCache(environment.Disk, directory);
    }

    public TopicPartition Partition { get; }

    /// <summary>The partition's directory.</summary>
    public string Directory { get; private set; }

    /// <summary>The log directory it lies in.</summary>
    public string LogDirectory
    {
        get => logDirectory ??= AtomicFile.Parent(Directory);

        // One text for all logs of a directory.
        internal set => logDirectory = value;
    }

    /// <summary>The topic's id; null when the directory has no <c>partition.metadata</c>.</summary>
    public Uuid? TopicId { get; internal set; }

    public LogConfig Config => config;

    /// <summary>The leader epochs and where they began.</summary>
    public LeaderEpochCache Epochs { get; }

    /// <summary>Whether the log's files have been looked at since the node started.</summary>
    public bool IsLoaded => loaded;

    /// <summary>Whether this is a copy that will replace the log in another directory.</summary>
    public bool IsFuture => LogFileNames.DirectoryKind(Directory) == PartitionDirectoryKind.Future;

    /// <summary>The first offset that may be read; moved by retention and DeleteRecords.</summary>
    public long LogStartOffset
    {
        get
        {
            EnsureLoaded();
            return StartOffset;
        }
    }

    /// <summary>Everything before it is on the device.</summary>
    public long RecoveryPoint => Volatile.Read(ref recoveryPoint);

    /// <summary>The offset the next record will get.</summary>
    public long LogEndOffset => LogEndOffsetMetadata.Offset;

    public LogOffsetMetadata LogEndOffsetMetadata
    {
        get
        {
            if (!loaded && !loadState.IsEndKnown)
            {
                EnsureLoaded();
            }

            lock (offsetsGate)
            {
                return end;
            }
        }
    }

    /// <summary>Everything before it is committed: consumers may see it.</summary>
    public long HighWatermark
    {
        get
        {
            lock (offsetsGate)
            {
                return highWatermark.Offset;
            }
        }
    }

    /// <summary>What the high watermark was when <c>replication-offset-checkpoint</c> was written last; for whoever writes it.</summary>
    public long CheckpointedHighWatermark { get; set; } = -1;

    /// <summary>Somebody has said since the start where the high watermark is.</summary>
    public bool HasHighWatermark { get; private set; }

    /// <summary>The first offset of a transaction that is open or not yet replicated; null for none.</summary>
    public long? FirstUnstableOffset
    {
        get
        {
            EnsureLoaded();
            lock (offsetsGate)
            {
                return firstUnstable?.Offset;
            }
        }
    }

    /// <summary>Everything before it is decided; never beyond the high watermark.</summary>
    public long LastStableOffset
    {
        get
        {
            EnsureLoaded();
            lock (offsetsGate)
            {
                return firstUnstable is { } unstable && unstable.Offset < highWatermark.Offset ? unstable.Offset : highWatermark.Offset;
            }
        }
    }

    /// <summary>Whether it is known without a look at the files that it holds nothing.</summary>
    internal bool IsSurelyEmpty => loadState.IsEndKnown && LogEndOffset <= StartOffset;

    /// <summary>The base offset of the segment that is written; the log must be loaded.</summary>
    internal long ActiveBaseOffset => segments.Last.BaseOffset;

    /// <summary>Bytes of all segments.</summary>
    public long SizeInBytes
    {
        get
        {
            EnsureLoaded();
            return segments.SizeInBytes;
        }
    }

    public int SegmentCount
    {
        get
        {
            EnsureLoaded();
            return segments.Count;
        }
    }

    /// <summary>The base offset of the oldest segment.</summary>
    public long FirstSegmentBaseOffset
    {
        get
        {
            EnsureLoaded();
            return segments[0].BaseOffset;
        }
    }

    /// <summary>Opens the log in <paramref name="directory"/>, which must exist. Cleanly stopped logs load lazily; others recover at once.</summary>
    public static PartitionLog Open(LogEnvironment environment, TopicPartition partition, string directory, LogConfig config, LogLoadState state)
    {
        var log = new PartitionLog(environment, partition, directory, config, state);
        if (!state.IsEndKnown)
        {
            log.EnsureLoaded();
        }

        return log;
    }

    /// <summary>Takes a changed configuration.</summary>
    public void UpdateConfig(LogConfig newConfig)
    {
        lock (gate)
        {
            config = newConfig;
            appendSettings = SettingsOf(newConfig);
            if (loaded)
            {
                segments.Last.UpdateConfig(newConfig);
            }
        }
    }

    /// <summary>All offsets with their places, as fetches need them.</summary>
    public LogOffsets Offsets()
    {
        EnsureLoaded();
        LogOffsetMetadata high;
        LogOffsetMetadata stable;
        LogOffsetMetadata logEnd;
        lock (offsetsGate)
        {
            logEnd = end;
            high = highWatermark;
            stable = firstUnstable is { } unstable && unstable.Offset < high.Offset ? unstable : high;
        }

        if (high.IsOffsetOnly)
        {
            high = PlaceOf(high.Offset);
            lock (offsetsGate)
            {
                highWatermark = highWatermark.Offset == high.Offset ? high : highWatermark;
            }
        }

        if (stable.IsOffsetOnly)
        {
            stable = stable.Offset == high.Offset ? high : PlaceOf(stable.Offset);
        }

        return new LogOffsets(StartOffset, logEnd, high, stable);
    }

    /// <summary>Sets the high watermark, bounded by log start and log end, also backwards: by a new leader, and from the checkpoint. The offset that it
    /// has then.</summary>
    public long UpdateHighWatermark(long offset)
    {
        lock (gate)
        {
            var logEnd = LogEndOffsetMetadata;
            HasHighWatermark = true;
            SetHighWatermark(offset < StartOffset ? new LogOffsetMetadata(StartOffset) : offset >= logEnd.Offset ? logEnd : new LogOffsetMetadata(offset));
            return HighWatermark;
        }
    }

    /// <summary>Moves the high watermark forward only (the leader's way); true when it moved. It must not be beyond the log end.</summary>
    public bool MaybeIncrementHighWatermark(LogOffsetMetadata offset)
    {
        lock (gate)
        {
            Invariant.That(offset.Offset <= LogEndOffset, "the high watermark is not beyond the log end");
            LogOffsetMetadata old;
            lock (offsetsGate)
            {
                old = highWatermark;
            }

            if (old.Offset > offset.Offset || (old.Offset == offset.Offset && !old.IsOnOlderSegment(offset)))
            {
                return false;
            }

            SetHighWatermark(offset);
            return true;
        }
    }

    /// <summary>Closes the files without another write, after a failure of the directory.</summary>
    public void CloseWithoutFlush()
    {
        lock (gate)
        {
            closed = true;
            foreach (var segment in segments)
            {
                segment.Log.Close();
                segment.OffsetIndex.File.Close();
                segment.TimeIndex.File.Close();
                segment.TransactionIndex.File.Close();
            }
        }
    }

    /// <summary>Stops in good order: <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    public override string ToString() => $"{Partition} in {Directory}, log start {StartOffset}, log end {end.Offset}, high watermark {highWatermark.Offset}";

    /// <summary>The log start; before the files have been looked at only a lower bound of it.</summary>
    private long StartOffset => Volatile.Read(ref logStartOffset);

    private void SetHighWatermark(LogOffsetMetadata offset)
    {
        Invariant.That(offset.Offset >= 0);
        lock (offsetsGate)
        {
            highWatermark = offset;
        }

        if (loaded)
        {
            producers.OnHighWatermark(offset.Offset);
            UpdateFirstUnstable();
        }
    }

    private void UpdateFirstUnstable()
    {
        var unstable = producers.FirstUnstableOffset;
        if (unstable is { } known && (known.IsOffsetOnly || known.Offset < StartOffset))
        {
            unstable = PlaceOf(Math.Max(known.Offset, StartOffset));
        }

        lock (offsetsGate)
        {
            firstUnstable = unstable;
        }
    }

    private void SetEnd(long offset)
    {
        isChanged = true;
        var last = segments.Last;
        lock (offsetsGate)
        {
            end = new LogOffsetMetadata(offset, last.BaseOffset, last.Size);
            if (highWatermark.Offset >= offset)
            {
                highWatermark = end;
            }

            Volatile.Write(ref recoveryPoint, Math.Min(recoveryPoint, offset));
            if (durable.Offset > offset)
            {
                durable = end;
            }
        }
    }

    /// <summary>Where an offset lies; only the offset when it lies outside of the log.</summary>
    private LogOffsetMetadata PlaceOf(long offset)
    {
        LogOffsetMetadata logEnd;
        lock (offsetsGate)
        {
            logEnd = end;
        }

        if (offset == logEnd.Offset)
        {
            return logEnd;
        }

        var list = segments;
        for (var i = list.FloorIndex(offset); i >= 0 && i < list.Count && offset < logEnd.Offset; i++)
        {
            if (list[i].Translate(offset, 0) is { } found)
            {
                return new LogOffsetMetadata(offset, list[i].BaseOffset, found.Position);
            }
        }

        return new LogOffsetMetadata(offset);
    }

    private DiskException Failed(DiskException exception)
    {
        if (exception.Kind is not (DiskErrorKind.NoSpace or DiskErrorKind.Corrupt) && failure is null)
        {
            failure = exception;
            environment.Fail(LogDirectory, exception);
        }

        return exception;
    }

    /// <summary>A full disk heals: the error is one that all clients try again after, without looking for another leader as KAFKA_STORAGE_ERROR would make them.</summary>
    private AppendResult Refuse(DiskException exception)
    {
        if (exception.Kind != DiskErrorKind.NoSpace)
        {
            return AppendResult.Failed(ErrorCode.KafkaStorageError, $"{Partition}: {Failed(exception).Message}", StartOffset);
        }

        var message = $"No space left for {Partition} in {LogDirectory}: {exception.Message}";
        environment.TellNoSpace(LogDirectory, message);
        return AppendResult.Failed(ErrorCode.NotEnoughReplicas, message, StartOffset) with { IsNoSpace = true };
    }
}
