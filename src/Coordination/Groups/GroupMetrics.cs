namespace Moldau.Coordination;

/// <summary>Counters of the group coordinator, over all its shards. Any thread reads them; they only grow.</summary>
public sealed class GroupMetrics
{
    private long _committed;
    private long _expired;
    private long _deleted;
    private long _rebalances;

    /// <summary>Offsets committed.</summary>
    public long OffsetCommits => Volatile.Read(ref _committed);

    /// <summary>Offsets whose retention was over.</summary>
    public long OffsetExpirations => Volatile.Read(ref _expired);

    /// <summary>Offsets deleted by clients.</summary>
    public long OffsetDeletions => Volatile.Read(ref _deleted);

    /// <summary>Rebalances of classic groups that reached the end.</summary>
    public long ClassicRebalances => Volatile.Read(ref _rebalances);

    internal void Committed(int count) => Interlocked.Add(ref _committed, count);

    internal void Expired(int count) => Interlocked.Add(ref _expired, count);

    internal void Deleted(int count) => Interlocked.Add(ref _deleted, count);

    internal void Rebalanced() => Interlocked.Increment(ref _rebalances);
}
