namespace Moldau.Runtime.Memory;

public sealed partial class MemoryDisk
{
    /// <summary>A deep copy: same files, no open handles, no locks, no faults. Stands for the disk that a process finds after it was killed.</summary>
    public MemoryDisk Clone() => Copy(static node => node.Clone());

    /// <summary>As <see cref="Clone"/>, without the bytes that were not synced: the disk that a machine finds after it lost its power. Names are all kept.</summary>
    public MemoryDisk CloneSynced() => Copy(static node => node.CloneSynced());

    /// <summary>Carries out one recorded change. Writes to a file that has been deleted since are dropped.</summary>
    public void Apply(MemoryDiskOperation operation)
    {
        switch (operation.Kind)
        {
            case "create":
                Open(operation.Path, DiskOpenMode.OpenOrCreate).Dispose();
                break;
            case "write":
                using (var file = Open(operation.Path, DiskOpenMode.OpenOrCreate))
                {
                    file.Write(operation.Data.Span, operation.Position);
                }

                break;
            case "truncate":
                using (var file = Open(operation.Path, DiskOpenMode.OpenOrCreate))
                {
                    file.SetLength(operation.Position);
                }

                break;
            case "mkdir":
                CreateDirectory(operation.Path);
                break;
            case "delete":
                DeleteFile(operation.Path);
                break;
            case "rmdir":
                DeleteDirectory(operation.Path);
                break;
            case "rename":
                Move(operation.Path, operation.Target!);
                break;
            default:
                break;
        }
    }

    internal void Write(MemoryNode node, string path, ReadOnlySpan<byte> source, long position)
    {
        lock (gate)
        {
            Check("write", path);
            var end = position + source.Length;
            Grow(node, end, path);
            source.CopyTo(node.Content.AsSpan((int)position));
            node.OnWritten(position, end);
            node.Modified = time.GetUtcNow();
            if (journal is not null && !node.Deleted)
            {
                Record(new MemoryDiskOperation("write", PathOf(node) ?? path) { Position = position, Data = source.ToArray() });
            }
        }
    }

    internal void SetLength(MemoryNode node, string path, long length)
    {
        lock (gate)
        {
            Check("truncate", path);
            Grow(node, length, path);
            Resize(node, length);
            node.Modified = time.GetUtcNow();
            if (journal is not null && !node.Deleted)
            {
                Record(new MemoryDiskOperation("truncate", PathOf(node) ?? path) { Position = length });
            }
        }
    }

    internal void Sync(MemoryNode node, string path)
    {
        lock (gate)
        {
            Check("sync", path);
            node.OnSynced();
            if (journal is not null && !node.Deleted)
            {
                Record(new MemoryDiskOperation("sync", PathOf(node) ?? path));
            }
        }
    }

    internal int Read(MemoryNode node, Span<byte> destination, long position)
    {
        lock (gate)
        {
            if (position >= node.Length)
            {
                return 0;
            }

            var count = (int)Math.Min(destination.Length, node.Length - position);
            node.Content.AsSpan((int)position, count).CopyTo(destination);
            return count;
        }
    }

    internal void HandleClosed()
    {
        lock (gate)
        {
            OpenHandles--;
        }
    }

    internal void Unlock(string path)
    {
        lock (gate)
        {
            locks.Remove(path);
        }
    }

    private static string Normalize(string path) => string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));

    private MemoryDisk Copy(Func<MemoryNode, MemoryNode> copyFile)
    {
        var copy = new MemoryDisk(time) { CapacityBytes = CapacityBytes };
        lock (gate)
        {
            copy.UsedBytes = CopyInto(root, copy.root, copyFile);
        }

        return copy;
    }

    /// <summary>Returns how many bytes the copies have.</summary>
    private static long CopyInto(MemoryDirectory from, MemoryDirectory to, Func<MemoryNode, MemoryNode> copyFile)
    {
        long bytes = 0;
        foreach (var (name, entry) in from.Entries)
        {
            if (entry is MemoryNode file)
            {
                var copied = copyFile(file);
                to.Entries[name] = copied;
                bytes += copied.Length;
            }
            else
            {
                var directory = new MemoryDirectory();
                to.Entries[name] = directory;
                bytes += CopyInto((MemoryDirectory)entry, directory, copyFile);
            }
        }

        return bytes;
    }

    private void Grow(MemoryNode node, long end, string path)
    {
        if (end <= node.Length)
        {
            return;
        }

        if (!node.Deleted && UsedBytes + (end - node.Length) > CapacityBytes)
        {
            throw new DiskException(DiskErrorKind.NoSpace, "write", path, "no space left on device");
        }

        Resize(node, end);
    }

    private void Resize(MemoryNode node, long length)
    {
        if (length > node.Content.Length)
        {
            var larger = new byte[Math.Max(length, Math.Min(node.Content.Length * 2L, Array.MaxLength))];
            node.Content.AsSpan(0, (int)node.Length).CopyTo(larger);
            node.Content = larger;
        }
        else if (length < node.Length)
        {
            node.Content.AsSpan((int)length, (int)(node.Length - length)).Clear();
            node.OnTruncated(length);
        }

        if (!node.Deleted)
        {
            UsedBytes += length - node.Length;
        }

        node.Length = length;
    }

    private void Forget(MemoryDirectory directory)
    {
        foreach (var entry in directory.Entries.Values)
        {
            if (entry is MemoryNode file)
            {
                UsedBytes -= file.Length;
                file.Deleted = true;
            }
            else
            {
                Forget((MemoryDirectory)entry);
            }
        }
    }

    private void Check(string operation, string path)
    {
        if (Fault?.Invoke(operation, path) is { } kind)
        {
            throw new DiskException(kind, operation, path, "injected fault");
        }
    }

    private void Record(MemoryDiskOperation operation) => journal?.Add(operation);

    /// <summary>A handle follows its file through renames, as on Linux; the journal wants today's name.</summary>
    private string? PathOf(MemoryNode node) => PathOf(root, "", node);

    private static string? PathOf(MemoryDirectory directory, string prefix, MemoryNode node)
    {
        foreach (var (name, entry) in directory.Entries)
        {
            if (ReferenceEquals(entry, node))
            {
                return prefix + name;
            }

            if (entry is MemoryDirectory child && PathOf(child, prefix + name + "/", node) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private object? Find(string path)
    {
        object node = root;
        foreach (var part in Normalize(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node is not MemoryDirectory directory || !directory.Entries.TryGetValue(part, out var next))
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    private MemoryNode FindFile(string path, string operation) =>
        Find(path) as MemoryNode ?? throw new DiskException(DiskErrorKind.NotFound, operation, path, "no such file");

    private (MemoryDirectory Directory, string Name) Parent(string path, string operation)
    {
        var normal = Normalize(path);
        var slash = normal.LastIndexOf('/');
        var directory = (slash < 0 ? root : Find(normal[..slash])) as MemoryDirectory
            ?? throw new DiskException(DiskErrorKind.NotFound, operation, path, "no such directory");
        return (directory, normal[(slash + 1)..]);
    }
}
