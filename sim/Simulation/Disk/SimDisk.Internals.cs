using Moldau.Runtime;

namespace Moldau.Simulation;

public sealed partial class SimDisk
{
    private const int MicrosecondTicks = 10;
    private bool _dead;

    internal void Write(SimFileNode node, string path, ReadOnlySpan<byte> source, long position, int life)
    {
        EnsureAlive(life);
        bool diesWithin = Operations + 1 >= DiesAt && source.Length > 0;
        if (diesWithin)
        {
            // A part of the write is done when the process dies.
            node.Write(source[.._random.Next(source.Length + 1)], position);
        }

        Begin("write", path, detail: (position, source.Length));
        long grows = Math.Max(0, position + source.Length - node.Length);
        if (CapacityBytes != long.MaxValue && grows > 0)
        {
            long free = Math.Max(0, CapacityBytes - UsedBytes);
            if (grows > free)
            {
                if (Bug == DiskBug.FullDiskHidden)
                {
                    return;
                }

                long fits = source.Length - grows + free;
                node.Write(source[..(int)Math.Max(0, fits)], position);
                throw new DiskException(DiskErrorKind.NoSpace, "write", path, "no space left on device");
            }
        }

        if (Bug == DiskBug.CompactionLosesRecords && position > 0 && path.EndsWith(".log.cleaned", StringComparison.Ordinal))
        {
            return;
        }

        node.Write(source, position);
        node.Modified = world.UtcNow;
    }

    internal void SetLength(SimFileNode node, string path, long length, int life)
    {
        EnsureAlive(life);
        Begin("truncate", path, detail: (length, 0));
        if (length > node.Length && CapacityBytes != long.MaxValue && length - node.Length > CapacityBytes - UsedBytes)
        {
            throw new DiskException(DiskErrorKind.NoSpace, "truncate", path, "no space left on device");
        }

        bool forgotten = length < node.Length && ((Bug == DiskBug.StaleIndex && path.EndsWith(".index", StringComparison.Ordinal))
            || (Bug == DiskBug.CutForgotten && path.EndsWith(".log", StringComparison.Ordinal)));
        if (!forgotten)
        {
            node.Resize(length);
            node.Modified = world.UtcNow;
        }
    }

    internal void Sync(SimFileNode node, string path, int life)
    {
        EnsureAlive(life);
        try
        {
            Begin("sync", path);
        }
        catch (DiskException)
        {
            node.LoseDirty();
            if (Bug != DiskBug.SyncErrorHidden)
            {
                throw;
            }
        }

        world.Spend(_random.Next(2_000) * MicrosecondTicks);
        bool forgotten = Bug switch
        {
            DiskBug.FileNotSynced => true,
            DiskBug.CoordinatorNotSynced => path.Contains("__consumer_offsets", StringComparison.Ordinal) || path.Contains("__transaction_state", StringComparison.Ordinal),
            DiskBug.MetadataNotSynced => path.Contains("__cluster_metadata", StringComparison.Ordinal),
            DiskBug.CheckpointNotSynced => path.EndsWith(".tmp", StringComparison.Ordinal),
            _ => false,
        };
        if (!forgotten)
        {
            node.Sync();
        }
    }

    internal int Read(SimFileNode node, Span<byte> destination, long position, int life)
    {
        EnsureAlive(life);
        return node.Read(destination, Bug == DiskBug.ReadOffByOne && destination.Length > SimFileNode.SectorBytes && position > 0 ? position - 1 : position);
    }

    internal void Unlock(string path) => _locks.Remove(path);

    private static string[] Parts(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".")];

    private void EnsureAlive(int? life = null)
    {
        if (_dead || (life is { } one && one != _life))
        {
            throw new SimCrashException();
        }
    }

    /// <summary>One step of the process at the disk: it may be its last, or fail.</summary>
    private void Begin(string operation, string path, bool isChange = true, (long Position, long Length) detail = default)
    {
        EnsureAlive();
        if (!isChange)
        {
            return;
        }

        Operations++;
        world.Note(detail == default ? $"disk {operation} {path}" : $"disk {operation} {path} {detail.Position} {detail.Length}");
        world.Spend(_random.Next(20) * MicrosecondTicks);
        if (Operations >= DiesAt)
        {
            world.Note("the process dies here");
            _dead = true;
            Died?.Invoke();
            throw new SimCrashException();
        }

        if (Fault?.Invoke(operation, path) is { } kind)
        {
            world.Note($"disk fault {kind}");
            throw new DiskException(kind, operation, path, "injected fault");
        }
    }

    private object? Find(string path)
    {
        object node = _root;
        foreach (string part in Parts(path))
        {
            if (node is not SimDirectoryNode directory || !directory.Entries.TryGetValue(part, out object? next))
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    private SimFileNode FindFile(string path, string operation) =>
        Find(path) as SimFileNode ?? throw new DiskException(DiskErrorKind.NotFound, operation, path, "no such file");

    private SimDirectoryNode FindDirectory(string path, string operation) =>
        Find(path) as SimDirectoryNode ?? throw new DiskException(DiskErrorKind.NotFound, operation, path, "no such directory");

    private (SimDirectoryNode Directory, string Name) Parent(string path, string operation)
    {
        string[] parts = Parts(path);
        return (FindDirectory(string.Join('/', parts[..^1]), operation), parts[^1]);
    }
}
