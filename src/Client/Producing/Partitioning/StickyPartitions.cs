namespace Moldau.Client;

/// <summary>
/// Where the records of a topic go that have no partition of their own: one partition until a batch is full there, then another by chance (KIP-480), less often one that
/// is behind with its work (KIP-794). Any thread.
/// </summary>
/// <param name="stickyBytes">How many bytes make the turn: <c>batch.size</c>.</param>
/// <param name="random">Chance.</param>
internal sealed class StickyPartitions(int stickyBytes, RandomSequence random)
{
    private long _current;

    /// <summary>What went to the partition whose turn it is; guarded by the lock of its queue, and set to 0 before the next turn begins.</summary>
    private long _producedBytes;
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
        long current = Volatile.Read(ref _current);
        if (current != 0)
        {
            return StickyPartition.Of(current);
        }

        long first = default(StickyPartition).Next(Choose(partitionsCount)).Packed;
        long other = Interlocked.CompareExchange(ref _current, first, 0);
        return StickyPartition.Of(other != 0 ? other : first);
    }

    /// <summary>Whether another turn has begun since.</summary>
    public bool HasChanged(StickyPartition sticky) => Volatile.Read(ref _current) != sticky.Packed;

    /// <summary>
    /// Counts bytes that went there, under the lock of its queue; moves on when they make a batch and <paramref name="maySwitch"/>, which is false while the batch has room
    /// left: a batch that is cut off half full costs a request.
    /// </summary>
    public void Count(StickyPartition sticky, int sizeBytes, bool maySwitch, int partitionsCount)
    {
        long produced = _producedBytes + sizeBytes;
        if ((produced >= stickyBytes && maySwitch) || produced >= 2L * stickyBytes)
        {
            _producedBytes = 0;
            Volatile.Write(ref _current, sticky.Next(Choose(partitionsCount)).Packed);
        }
        else
        {
            _producedBytes = produced;
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
