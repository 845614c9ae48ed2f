namespace Moldau.Coordination;

/// <summary>Counters of one runtime, over all its shards. Any thread reads them; they only grow unless they say otherwise.</summary>
public sealed class CoordinatorRuntimeMetrics
{
    private readonly int[] _shards = new int[Enum.GetValues<CoordinatorState>().Length];
    private long _queued;
    private long _processed;
    private long _batches;
    private long _records;
    private long _bytes;
    private long _failedBatches;
    private long _timedOut;
    private long _loads;
    private long _failedLoads;
    private long _loadMs;
    private long _loadMsMax;
    private long _loadedRecords;

    /// <summary>Operations that wait for their shard, now.</summary>
    public long EventQueueSize => Volatile.Read(ref _queued);

    /// <summary>Operations done.</summary>
    public long EventsProcessed => Volatile.Read(ref _processed);

    /// <summary>Batches written.</summary>
    public long BatchesFlushed => Volatile.Read(ref _batches);

    /// <summary>Records written.</summary>
    public long RecordsFlushed => Volatile.Read(ref _records);

    /// <summary>Bytes of the batches written.</summary>
    public long BytesFlushed => Volatile.Read(ref _bytes);

    /// <summary>Batches that could not be written; their operations were taken back.</summary>
    public long BatchesFailed => Volatile.Read(ref _failedBatches);

    /// <summary>Writes that were not committed in time.</summary>
    public long WritesTimedOut => Volatile.Read(ref _timedOut);

    /// <summary>Shards loaded.</summary>
    public long Loads => Volatile.Read(ref _loads);

    /// <summary>Shards that could not be loaded.</summary>
    public long LoadsFailed => Volatile.Read(ref _failedLoads);

    /// <summary>The time that all loads took, in ms.</summary>
    public long LoadMsTotal => Volatile.Read(ref _loadMs);

    /// <summary>The time that the longest load took, in ms.</summary>
    public long LoadMsMax => Volatile.Read(ref _loadMsMax);

    /// <summary>Records replayed by loads.</summary>
    public long RecordsLoaded => Volatile.Read(ref _loadedRecords);

    /// <summary>How many shards are in a state, now.</summary>
    public int ShardsIn(CoordinatorState state) => Volatile.Read(ref _shards[(int)state]);

    internal void Queued() => Interlocked.Increment(ref _queued);

    internal void Processed()
    {
        Interlocked.Decrement(ref _queued);
        Interlocked.Increment(ref _processed);
    }

    internal void Flushed(int records, int sizeBytes)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, sizeBytes);
    }

    internal void FlushFailed() => Interlocked.Increment(ref _failedBatches);

    internal void TimedOut() => Interlocked.Increment(ref _timedOut);

    internal void Loaded(long tookMs)
    {
        Interlocked.Increment(ref _loads);
        Interlocked.Add(ref _loadMs, tookMs);
        for (var max = LoadMsMax; tookMs > max && Interlocked.CompareExchange(ref _loadMsMax, tookMs, max) != max;)
        {
            max = LoadMsMax;
        }
    }

    internal void LoadFailed() => Interlocked.Increment(ref _failedLoads);

    internal void RecordsReplayed(int count) => Interlocked.Add(ref _loadedRecords, count);

    internal void Moved(CoordinatorState? from, CoordinatorState? to)
    {
        if (from is { } before)
        {
            Interlocked.Decrement(ref _shards[(int)before]);
        }

        if (to is { } after)
        {
            Interlocked.Increment(ref _shards[(int)after]);
        }
    }
}
