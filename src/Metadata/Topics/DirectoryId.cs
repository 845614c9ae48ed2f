using System.Collections.Immutable;
using Moldau.Core;

namespace Moldau.Metadata;

/// <summary>The reserved identifiers of log directories (KIP-858). The first hundred are kept for such use.</summary>
public static class DirectoryId
{
    /// <summary>Not told yet by a broker that hosts the replica already, in some directory.</summary>
    public static readonly Uuid Migrating = new(0, 0);

    /// <summary>The broker still has to choose a directory.</summary>
    public static readonly Uuid Unassigned = new(0, 1);

    /// <summary>Some directory that is offline.</summary>
    public static readonly Uuid Lost = new(0, 2);

    private static ImmutableArray<Uuid> _lastSingle = [Migrating];

    /// <summary>A list of one. The last one is kept: where topics have one replica, the partitions of a directory share it. Any thread.</summary>
    internal static ImmutableArray<Uuid> Single(Uuid id)
    {
        // A race makes one more array, no wrong one.
        ImmutableArray<Uuid> last = _lastSingle;
        return last[0] == id ? last : _lastSingle = [id];
    }

    public static bool IsReserved(Uuid id) => id.MostSignificant == 0 && id.LeastSignificant < 100;
}
