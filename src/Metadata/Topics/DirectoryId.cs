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

    public static bool IsReserved(Uuid id) => id.MostSignificant == 0 && id.LeastSignificant < 100;
}
