using System.Diagnostics.CodeAnalysis;

namespace Moldau.Coordination;

/// <summary>
/// A dictionary that can be read as it was at an earlier offset, and reverted. Values are taken as immutable, or are timeline collections of the same registry themselves. As
/// <see cref="SnapshotRegistry"/>, for the shard's thread alone; do not change it while enumerating it.
/// </summary>
public sealed class TimelineDictionary<TKey, TValue>(SnapshotRegistry registry, IEqualityComparer<TKey>? comparer = null) : ITimeline
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _current = new(comparer);
    private List<Change>? _before;

    /// <summary>How many there are now, committed or not.</summary>
    public int Count => _current.Count;

    /// <summary>The keys that are there now.</summary>
    public Dictionary<TKey, TValue>.KeyCollection Keys => _current.Keys;

    /// <summary>The values that are there now.</summary>
    public Dictionary<TKey, TValue>.ValueCollection Values => _current.Values;

    /// <summary>The newest value of a key that is there.</summary>
    public TValue this[TKey key]
    {
        get => _current[key];
        set
        {
            Remember(key);
            _current[key] = value;
        }
    }

    public bool ContainsKey(TKey key) => _current.ContainsKey(key);

    /// <summary>The newest value.</summary>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _current.TryGetValue(key, out value);

    /// <summary>The newest value; the type's default when there is none.</summary>
    public TValue? GetValueOrDefault(TKey key) => _current.GetValueOrDefault(key);

    /// <summary>The value as of an offset.</summary>
    public bool TryGetValue(TKey key, long offset, [MaybeNullWhen(false)] out TValue value)
    {
        if (_before is not null)
        {
            foreach (var change in _before)
            {
                if (change.Offset >= offset && change.Values.TryGetValue(key, out var before))
                {
                    value = before.Value;
                    return before.IsPresent;
                }
            }
        }

        return _current.TryGetValue(key, out value);
    }

    /// <summary>Removes a key; false when it was not there.</summary>
    public bool Remove(TKey key)
    {
        if (!_current.ContainsKey(key))
        {
            return false;
        }

        Remember(key);
        return _current.Remove(key);
    }

    public void Clear()
    {
        foreach (var key in _current.Keys)
        {
            Remember(key);
        }

        _current.Clear();
    }

    /// <summary>What is there now.</summary>
    public Dictionary<TKey, TValue>.Enumerator GetEnumerator() => _current.GetEnumerator();

    /// <summary>What was there at an offset.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> At(long offset)
    {
        if (_before is not { Count: > 0 } || _before[^1].Offset < offset)
        {
            return _current;
        }

        var changed = new Dictionary<TKey, Before>(_current.Comparer);
        foreach (var change in _before)
        {
            if (change.Offset >= offset)
            {
                foreach (var (key, before) in change.Values)
                {
                    changed.TryAdd(key, before);
                }
            }
        }

        return Merge(changed);
    }

    void ITimeline.Revert(long offset)
    {
        foreach (var (key, before) in _before![^1].Values)
        {
            if (before.IsPresent)
            {
                _current[key] = before.Value!;
            }
            else
            {
                _current.Remove(key);
            }
        }

        registry.Return(_before[^1].Values);
        _before.RemoveAt(_before.Count - 1);
    }

    void ITimeline.Forget(long offset)
    {
        registry.Return(_before![0].Values);
        _before.RemoveAt(0);
        if (_before.Count == 0)
        {
            _before = null;
        }
    }

    private IEnumerable<KeyValuePair<TKey, TValue>> Merge(Dictionary<TKey, Before> changed)
    {
        foreach (var entry in _current)
        {
            if (!changed.ContainsKey(entry.Key))
            {
                yield return entry;
            }
        }

        foreach (var (key, before) in changed)
        {
            if (before.IsPresent)
            {
                yield return new(key, before.Value!);
            }
        }
    }

    private void Remember(TKey key)
    {
        if (registry.Latest is not { } snapshot)
        {
            return;
        }

        if (_before is not { Count: > 0 } || _before[^1].Offset < snapshot.Offset)
        {
            (_before ??= []).Add(new Change(snapshot.Offset, registry.Rent<TKey, Before>(_current.Comparer)));
            snapshot.Touched.Add(this);
        }

        var changes = _before[^1].Values;
        if (!changes.ContainsKey(key))
        {
            changes.Add(key, _current.TryGetValue(key, out var value) ? new Before(true, value) : default);
        }
    }

    /// <summary>What keys had when the snapshot was taken, for those that changed before the next one.</summary>
    private readonly record struct Change(long Offset, Dictionary<TKey, Before> Values);

    private readonly record struct Before(bool IsPresent, TValue? Value);
}
