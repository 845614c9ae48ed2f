namespace Moldau.Client;

/// <summary>
/// Where the records of a topic go that have no partition of their own: one partition until a batch is full there, then another by chance (KIP-480), less often one that
/// is behind with its work (KIP-794). Any thread.
/// </summary>
/// <param name="stickyBytes">How many bytes make the turn: <c>batch.size</c>.</param>
/// <param name="random">Chance.</param>
internal sealed class StickyPartitions(int stickyBytes, RandomSequence random)
{
    private volatile StickyPartition? _current;
    private volatile PartitionLoad? _load;
    private volatile int[] _available = [];

    /// <summary>The partitions that have a leader now; with none of them known, all are as good.</summary>
    public int[] Available
    {
        get => _available;
        set => _available = value;
    }

    /// <summary>What the sender saw of the queues; null for no difference.</summary>
    public PartitionLoad? Load
    {
        get => _load;
        set => _load = value;
    }

    /// <summary>The partition of this moment in a topic of so many.</summary>
    public StickyPartition Current(int partitionsCount)
    {
        StickyPartition? current = _current;
        if (current is not null)
        {
            return current;
        }

        var first = new StickyPartition(Choose(partitionsCount));
        return Interlocked.CompareExchange(ref _current, first, null) ?? first;
    }

    /// <summary>Whether another partition has taken over since.</summary>
    public bool HasChanged(StickyPartition sticky) => _current != sticky;

    /// <summary>
    /// Counts bytes that went there, under the lock of its queue; moves on when they make a batch and <paramref name="maySwitch"/>, which is false while the batch has room
    /// left: a batch that is cut off half full costs a request.
    /// </summary>
    public void Count(StickyPartition sticky, int sizeBytes, bool maySwitch, int partitionsCount)
    {
        sticky.ProducedBytes += sizeBytes;
        if ((sticky.ProducedBytes >= stickyBytes && maySwitch) || sticky.ProducedBytes >= 2L * stickyBytes)
        {
            _current = new StickyPartition(Choose(partitionsCount));
        }
    }

    private int Choose(int partitionsCount)
    {
        if (_load is { } load)
        {
            return load.Choose(random);
        }

        int[] available = _available;
        return available.Length > 0 ? available[random.Below(available.Length)] : random.Below(partitionsCount);
    }
}
