using System.Text;
using Moldau.Core;
using Moldau.Replication;

namespace Moldau.Broker.Fetching;

/// <summary>
/// All that one fetch needs while it is served: the partitions that it names, what was read of each, whom it waits for. Rented from <see cref="FetchOperations"/> and given back, so that
/// a fetch costs no memory of its own. One thread at a time, but for <see cref="OnChanged"/>.
/// </summary>
internal sealed class FetchOperation
{
    private readonly List<FetchPartition> _rows = [];
    private readonly List<FetchWatch> _watches = [];
    private readonly List<Partition?> _watched = [];
    private PartitionRead[] _reads = [];
    private FetchOutcome[] _outcomes = [];
    private bool[] _refused = [];
    private bool[] _send = [];
    private bool[] _changed = [];
    private int[] _positions = [];
    private int _count;

    /// <summary>What the request names.</summary>
    public List<FetchPartition> Requested { get; } = [];

    /// <summary>What it takes out of its session.</summary>
    public List<FetchPartitionKey> Forgotten { get; } = [];

    /// <summary>What its session serves; empty without one.</summary>
    public List<FetchPartition> Served { get; } = [];

    /// <summary>Wakes it while it waits.</summary>
    public ChangeSignal Signal { get; private set; } = new();

    /// <summary>What was read, one for each partition. Holds files open until it is sent or released.</summary>
    public Span<PartitionRead> Reads => _reads.AsSpan(0, _count);

    /// <summary>Settled by an error before anything is read.</summary>
    public Span<bool> Refused => _refused.AsSpan(0, _count);

    public Span<FetchOutcome> Outcomes => _outcomes.AsSpan(0, _count);

    /// <summary>Which partitions the answer names.</summary>
    public Span<bool> Send => _send.AsSpan(0, _count);

    /// <summary>Where in the answer the records belong.</summary>
    public Span<int> Positions => _positions.AsSpan(0, _count);

    /// <summary>How many partitions it has room for.</summary>
    public int Capacity => Math.Max(_rows.Count, _reads.Length);

    /// <summary>Adds a row to <see cref="Requested"/>; the caller sets its offsets.</summary>
    public FetchPartition AddRequested(Uuid topicId, string? topicName, int partition)
    {
        var index = Requested.Count;
        if (index == _rows.Count)
        {
            _rows.Add(new FetchPartition());
        }

        var row = _rows[index];
        row.Begin(topicId, topicName, partition);
        Requested.Add(row);
        return row;
    }

    /// <summary>The name as text: that of the request before where it is the same, as it mostly is.</summary>
    public string NameOf(ReadOnlySpan<byte> utf8)
    {
        var index = Requested.Count;
        return index < _rows.Count && _rows[index].TopicName is { } last && Ascii.Equals(utf8, last) ? last : Encoding.UTF8.GetString(utf8);
    }

    /// <summary>Makes room for the results of so many partitions.</summary>
    public void Begin(int partitions)
    {
        if (partitions > _reads.Length)
        {
            var capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)partitions);
            _reads = new PartitionRead[capacity];
            _outcomes = new FetchOutcome[capacity];
            _refused = new bool[capacity];
            _send = new bool[capacity];
            _changed = new bool[capacity];
            _positions = new int[capacity];
        }

        _count = partitions;
        Refused.Clear();
    }

    /// <summary>Registers with a partition: from here on its changes wake the signal and are noted.</summary>
    public void Watch(int index, Partition partition)
    {
        while (_watches.Count <= index)
        {
            _watches.Add(new FetchWatch(this, _watches.Count));
            _watched.Add(null);
        }

        _watched[index] = partition;
        partition.AddWaiter(_watches[index]);
    }

    /// <summary>Ends what <see cref="Watch"/> began.</summary>
    public void EndWatching()
    {
        for (var i = 0; i < _watched.Count; i++)
        {
            _watched[i]?.RemoveWaiter(_watches[i]);
            _watched[i] = null;
        }
    }

    /// <summary>Whether the partition has changed since the last call.</summary>
    public bool TakeChange(int index)
    {
        if (!Volatile.Read(ref _changed[index]))
        {
            return false;
        }

        // Before the partition is read: what comes after is not lost.
        Volatile.Write(ref _changed[index], false);
        Interlocked.MemoryBarrier();
        return true;
    }

    public void ForgetChanges() => Array.Clear(_changed);

    /// <summary>A partition has moved. Any thread.</summary>
    public void OnChanged(int index)
    {
        var changed = _changed;
        if (index < changed.Length)
        {
            Volatile.Write(ref changed[index], true);
            Signal.Change();
        }
    }

    /// <summary>The deadline of the signal may still be on its way: it must not end the waiting of another request.</summary>
    public void DropSignal() => Signal = new ChangeSignal();

    /// <summary>Gives up the ranges that were read; each is given up once.</summary>
    public void Release()
    {
        foreach (ref var read in Reads)
        {
            Release(ref read);
        }
    }

    public static void Release(ref PartitionRead read)
    {
        var slice = read.Slice;
        read.Slice = default;
        slice.Dispose();
    }

    /// <summary>Forgets the request; its ranges have gone with the answer or were released.</summary>
    public void End()
    {
        Reads.Clear();
        Requested.Clear();
        Forgotten.Clear();
        Served.Clear();
        _count = 0;
        Signal.Reset();
    }
}
