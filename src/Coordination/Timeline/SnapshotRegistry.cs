using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// Remembers what the timeline collections of one shard were like at earlier offsets. A snapshot at offset N is the state after the records before N; it costs what changed since. Not
/// thread safe: the shard's thread alone uses it. While there is no snapshot, changes are not remembered, as when a log is loaded that is committed already.
/// </summary>
public sealed class SnapshotRegistry
{
    /// <summary>Of each kind, so many are kept for the next changes; and none that has grown beyond the next bound, as that one is cleared at the cost of its size.</summary>
    private const int SparesMax = 32;
    private const int SpareSizeMax = 1024;

    private readonly List<Snapshot> _snapshots = [];
    private readonly Dictionary<(Type Kind, object Comparer), object> _spares = [];

    /// <summary>How many snapshots there are.</summary>
    public int Count => _snapshots.Count;

    /// <summary>The offset of the newest snapshot; -1 when there is none.</summary>
    public long LatestOffset => _snapshots.Count == 0 ? -1 : _snapshots[^1].Offset;

    internal Snapshot? Latest => _snapshots.Count == 0 ? null : _snapshots[^1];

    /// <summary>Takes a snapshot of the state as it is now; nothing when there is one at the offset. Offsets grow.</summary>
    public void TakeSnapshot(long offset)
    {
        if (offset == LatestOffset)
        {
            return;
        }

        Invariant.That(offset > LatestOffset);
        _snapshots.Add(new Snapshot(offset));
    }

    /// <summary>Makes the state again what it was at the snapshot of the offset. That snapshot stays, later ones go.</summary>
    public void RevertTo(long offset)
    {
        Invariant.That(Has(offset));
        for (var index = _snapshots.Count - 1; index >= 0 && _snapshots[index].Offset >= offset; index--)
        {
            var snapshot = _snapshots[index];
            foreach (var collection in snapshot.Touched)
            {
                collection.Revert(snapshot.Offset);
            }

            snapshot.Touched.Clear();
            if (snapshot.Offset > offset)
            {
                _snapshots.RemoveAt(index);
            }
        }
    }

    /// <summary>
    /// Forgets what was before the last snapshot at or before the offset, as nobody reads or reverts to it any more, and returns the offset of that snapshot: the one to read at.
    /// </summary>
    public long ForgetBefore(long offset)
    {
        if (_snapshots.Count == 0)
        {
            return offset;
        }

        var kept = _snapshots.Count - 1;
        while (kept > 0 && _snapshots[kept].Offset > offset)
        {
            kept--;
        }

        for (var index = 0; index < kept; index++)
        {
            foreach (var collection in _snapshots[index].Touched)
            {
                collection.Forget(_snapshots[index].Offset);
            }
        }

        if (kept > 0)
        {
            _snapshots.RemoveRange(0, kept);
        }

        return _snapshots[0].Offset;
    }

    /// <summary>An empty dictionary for what a collection remembers: one that another has given back, where there is one.</summary>
    internal Dictionary<TKey, TValue> Rent<TKey, TValue>(IEqualityComparer<TKey> comparer)
        where TKey : notnull =>
        _spares.TryGetValue((typeof(Dictionary<TKey, TValue>), comparer), out var spares) && ((Stack<Dictionary<TKey, TValue>>)spares).TryPop(out var spare) ? spare : new(comparer);

    /// <summary>Gives back what <see cref="Rent"/> gave; nobody else may have it any more.</summary>
    internal void Return<TKey, TValue>(Dictionary<TKey, TValue> spare)
        where TKey : notnull
    {
        if (spare.Count > SpareSizeMax)
        {
            return;
        }

        spare.Clear();
        var kind = (typeof(Dictionary<TKey, TValue>), (object)spare.Comparer);
        if (!_spares.TryGetValue(kind, out var spares))
        {
            spares = new Stack<Dictionary<TKey, TValue>>();
            _spares.Add(kind, spares);
        }

        var stack = (Stack<Dictionary<TKey, TValue>>)spares;
        if (stack.Count < SparesMax)
        {
            stack.Push(spare);
        }
    }

    private bool Has(long offset)
    {
        foreach (var snapshot in _snapshots)
        {
            if (snapshot.Offset == offset)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The offset of a snapshot and which collections changed between it and the next one.</summary>
    internal sealed class Snapshot(long offset)
    {
        public long Offset { get; } = offset;

        public List<ITimeline> Touched { get; } = [];
    }
}
