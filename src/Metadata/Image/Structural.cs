using System.Collections.Immutable;

namespace Moldau.Metadata;

/// <summary>Equality by content for the collections that images are made of.</summary>
internal static class Structural
{
    internal static bool Equal<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> left, IReadOnlyDictionary<TKey, TValue> right)
        where TKey : notnull
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (left.Count != right.Count)
        {
            return false;
        }

        foreach ((TKey key, TValue value) in left)
        {
            if (!right.TryGetValue(key, out TValue? other) || !EqualityComparer<TValue>.Default.Equals(value, other))
            {
                return false;
            }
        }

        return true;
    }

    internal static bool Equal<T>(ImmutableArray<T> left, ImmutableArray<T> right) => left.AsSpan().SequenceEqual(right.AsSpan(), null);

    internal static int Hash<T>(ReadOnlySpan<T> items)
    {
        var hash = new HashCode();
        foreach (T item in items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }
}
