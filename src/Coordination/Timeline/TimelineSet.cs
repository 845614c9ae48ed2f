namespace Moldau.Coordination;

/// <summary>A set that can be read as it was at an earlier offset, and reverted. As <see cref="TimelineDictionary{TKey,TValue}"/>.</summary>
public sealed class TimelineSet<T>(SnapshotRegistry registry, IEqualityComparer<T>? comparer = null)
    where T : notnull
{
    private readonly TimelineDictionary<T, bool> _items = new(registry, comparer);

    public int Count => _items.Count;

    /// <summary>What is there now.</summary>
    public IReadOnlyCollection<T> Items => _items.Keys;

    public bool Contains(T item) => _items.ContainsKey(item);

    /// <summary>Whether it was there at an offset.</summary>
    public bool Contains(T item, long offset) => _items.TryGetValue(item, offset, out _);

    /// <summary>Adds an item; false when it was there.</summary>
    public bool Add(T item)
    {
        if (_items.ContainsKey(item))
        {
            return false;
        }

        _items[item] = true;
        return true;
    }

    /// <summary>Removes an item; false when it was not there.</summary>
    public bool Remove(T item) => _items.Remove(item);

    public void Clear() => _items.Clear();

    /// <summary>What was there at an offset.</summary>
    public IEnumerable<T> At(long offset)
    {
        foreach (var entry in _items.At(offset))
        {
            yield return entry.Key;
        }
    }
}
