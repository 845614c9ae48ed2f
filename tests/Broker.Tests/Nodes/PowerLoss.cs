using Moldau.Runtime.Memory;

namespace Moldau.Broker.Tests;

/// <summary>What a machine that lost power finds: of the files' contents only what was synced. Names are all kept; that they are synced is for the simulation.</summary>
internal static class PowerLoss
{
    /// <param name="begin">The disk when the journal began.</param>
    /// <param name="journal">The changes since then.</param>
    /// <param name="operations">How many of them had been made when the power went.</param>
    public static MemoryDisk After(MemoryDisk begin, IReadOnlyList<MemoryDiskOperation> journal, int operations)
    {
        var lastSync = new Dictionary<string, int>();
        for (var i = 0; i < operations; i++)
        {
            if (journal[i].Kind == "sync")
            {
                lastSync[journal[i].Path] = i;
            }
        }

        var disk = begin.Clone();
        for (var i = 0; i < operations; i++)
        {
            if (journal[i].Kind is not ("write" or "truncate") || lastSync.GetValueOrDefault(journal[i].Path, -1) > i)
            {
                disk.Apply(journal[i]);
            }
        }

        return disk;
    }
}
