namespace Moldau.Client;

/// <summary>
/// Reads keys back that were cut into parts by <see cref="SaltedKeys"/> or <see cref="CompoundKey"/>: it holds the state of each part, as the records give it, and puts the
/// states of all parts of one key together when asked. Not thread-safe: one consumer loop has it.
/// </summary>
/// <typeparam name="TState">What is kept for a part: the last value, a sum.</typeparam>
/// <param name="combine">Puts the states of two parts together; in any order and grouping it must come to the same.</param>
public sealed class KeyPartsReader<TState>(Func<TState, TState, TState> combine)
{
    private readonly Dictionary<byte[], Dictionary<byte[], TState>> _keys = new(BytesComparer.Instance);

    /// <summary>The logical keys.</summary>
    public IReadOnlyCollection<byte[]> Keys => _keys.Keys;

    /// <summary>Takes the record of a salted key into the state of its part; a key without a salt is a part of its own.</summary>
    /// <param name="saltedKey">The key as it is in the record.</param>
    /// <param name="next">From the state so far, which is the default when there is none, makes the new one.</param>
    public void AddSalted(ReadOnlySpan<byte> saltedKey, Func<TState?, TState> next)
    {
        bool isSalted = SaltedKeys.TryRead(saltedKey, out var key, out _);
        Add(isSalted ? key : saltedKey, isSalted ? saltedKey[^SaltedKeys.SaltBytes..] : [], next);
    }

    /// <summary>Takes the record of a compound key into the state of its secondary part.</summary>
    /// <exception cref="ArgumentException">The key is no compound key.</exception>
    public void AddCompound(ReadOnlySpan<byte> compoundKey, Func<TState?, TState> next)
    {
        if (!CompoundKey.TryRead(compoundKey, out var primary, out var secondary))
        {
            throw new ArgumentException($"a key of {compoundKey.Length} bytes is no compound key: two bytes of length, the primary part, the secondary", nameof(compoundKey));
        }

        Add(primary, secondary, next);
    }

    /// <summary>The state of a logical key: those of all its parts, combined. False when no part was seen.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out TState? state)
    {
        state = default;
        if (!_keys.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var parts))
        {
            return false;
        }

        bool isFirst = true;
        foreach (TState part in parts.Values)
        {
            state = isFirst ? part : combine(state!, part);
            isFirst = false;
        }

        return true;
    }

    private void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> part, Func<TState?, TState> next)
    {
        var keys = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!keys.TryGetValue(key, out var parts))
        {
            parts = new Dictionary<byte[], TState>(BytesComparer.Instance);
            keys[key] = parts;
        }

        var states = parts.GetAlternateLookup<ReadOnlySpan<byte>>();
        states[part] = next(states.TryGetValue(part, out TState? state) ? state : default);
    }
}
