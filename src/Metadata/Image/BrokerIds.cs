using System.Collections.Immutable;
using Moldau.Core;

namespace Moldau.Metadata;

/// <summary>Lists of broker ids as small arrays: what a partition holds, and operations on them. Pure.</summary>
public static class BrokerIds
{
    public static readonly int[] None = [];

    private static ImmutableArray<int> _lastSingle = [-1];

    public static int[] ToArray(List<BrokerId>? ids)
    {
        if (ids is null || ids.Count == 0)
        {
            return None;
        }

        int[] array = new int[ids.Count];
        for (int i = 0; i < array.Length; i++)
        {
            array[i] = ids[i].Value;
        }

        return array;
    }

    public static int[] ToArray(List<int>? ids) => ids is null || ids.Count == 0 ? None : ids.ToArray();

    /// <summary>A list of one. The last one is kept: where topics have one replica, all partitions share it. Any thread.</summary>
    internal static ImmutableArray<int> Single(int id)
    {
        // A race makes one more array, no wrong one.
        ImmutableArray<int> last = _lastSingle;
        return last[0] == id ? last : _lastSingle = [id];
    }

    public static bool Contains(ReadOnlySpan<int> ids, int id) => ids.Contains(id);

    /// <summary>True when <paramref name="ids"/> holds an id twice.</summary>
    public static bool HasDuplicates(ReadOnlySpan<int> ids)
    {
        for (int i = 1; i < ids.Length; i++)
        {
            if (ids[..i].Contains(ids[i]))
            {
                return true;
            }
        }

        return false;
    }

    public static int[] Without(ReadOnlySpan<int> ids, int id)
    {
        var rest = new List<int>(ids.Length);
        foreach (int candidate in ids)
        {
            if (candidate != id)
            {
                rest.Add(candidate);
            }
        }

        return [.. rest];
    }

    public static int[] Without(ReadOnlySpan<int> ids, ReadOnlySpan<int> gone)
    {
        var rest = new List<int>(ids.Length);
        foreach (int candidate in ids)
        {
            if (!gone.Contains(candidate))
            {
                rest.Add(candidate);
            }
        }

        return [.. rest];
    }

    /// <summary>True when both hold the same ids, in whatever order.</summary>
    public static bool SameSet(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        int[] a = left.ToArray();
        int[] b = right.ToArray();
        Array.Sort(a);
        Array.Sort(b);
        return a.AsSpan().SequenceEqual(b);
    }

    /// <summary>As in messages: <c>[1, 2, 3]</c>.</summary>
    public static string Text(ReadOnlySpan<int> ids) => $"[{string.Join(", ", ids.ToArray())}]";
}
