namespace Moldau.Runtime.Memory;

/// <summary>
/// A file system in memory, deterministic and safe for all threads: for tests, and for nodes that live inside another process. What is written is there at
/// once and stays as long as the object;
/// <see cref="CloneSynced"/> is what would be left of it without power. With <see cref="Journal"/> switched on it records each change, so that a test can recover from every prefix of
/// a run (<see cref="Apply"/>).
/// </summary>
public sealed partial class MemoryDisk : IDisk
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly MemoryDirectory root = new();
    private readonly HashSet<string> locks = new(StringComparer.Ordinal);
    private List<MemoryDiskOperation>? journal;

    /// <param name="time">Gives files their time of modification.</param>
    public MemoryDisk(TimeProvider? time = null) => this.time = time ?? TimeProvider.System;

    /// <summary>Asked before each change (operation name, path); an answer makes the operation fail with that kind. Operations: open, write, truncate,
    /// sync, delete, rename, mkdir, syncdir.</summary>
    public Func<string, string, DiskErrorKind?>? Fault { get; set; }

    /// <summary>The most bytes that all files together may hold; a write beyond fails with <see cref="DiskErrorKind.NoSpace"/>.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>The sum of all files' lengths.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>How many file handles are open now.</summary>
    public int OpenHandles { get; private set; }

    /// <summary>The changes since <see cref="StartJournal"/>, in order.</summary>
    public IReadOnlyList<MemoryDiskOperation> Journal => journal ?? (IReadOnlyList<MemoryDiskOperation>)[];

    /// <summary>Begins to record changes.</summary>
    public void StartJournal() => journal = [];

    public IDiskFile Open(string path, DiskOpenMode mode)
    {
        lock (gate)
        {
            Check("open", path);
            var (directory, name) = Parent(path, "open");
            directory.Entries.TryGetValue(name, out var node);
            var file = node as MemoryNode;
            if (node is MemoryDirectory)
            {
                throw new DiskException(DiskErrorKind.Denied, "open", path, "it is a directory");
            }

            if (file is null && (mode is DiskOpenMode.Read or DiskOpenMode.ReadWrite))
            {
                throw new DiskException(DiskErrorKind.NotFound, "open", path, "no such file");
            }

            if (file is not null && mode == DiskOpenMode.CreateNew)
            {
                throw new DiskException(DiskErrorKind.Exists, "open", path, "the file exists");
            }

            if (file is null)
            {
                file = new MemoryNode { Modified = time.GetUtcNow() };
                directory.Entries[name] = file;
                Record(new MemoryDiskOperation("create", Normalize(path)));
            }
            else if (mode == DiskOpenMode.Truncate && file.Length > 0)
            {
                Resize(file, 0);
                Record(new MemoryDiskOperation("truncate", Normalize(path)));
            }

            OpenHandles++;
            return new MemoryFile(this, file, Normalize(path), mode != DiskOpenMode.Read);
        }
    }

    public bool FileExists(string path)
    {
        lock (gate)
        {
            return Find(path) is MemoryNode;
        }
    }

    public bool DirectoryExists(string path)
    {
        lock (gate)
        {
            return Find(path) is MemoryDirectory;
        }
    }

    public void CreateDirectory(string path)
    {
        lock (gate)
        {
            Check("mkdir", path);
            var directory = root;
            foreach (var part in Normalize(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!directory.Entries.TryGetValue(part, out var node))
                {
                    node = new MemoryDirectory();
                    directory.Entries[part] = node;
                }

                directory = node as MemoryDirectory ?? throw new DiskException(DiskErrorKind.Exists, "mkdir", path, $"{part} is a file");
            }

            Record(new MemoryDiskOperation("mkdir", Normalize(path)));
        }
    }

    public IReadOnlyList<DiskEntry> List(string path)
    {
        lock (gate)
        {
            var directory = Find(path) as MemoryDirectory ?? throw new DiskException(DiskErrorKind.NotFound, "list", path, "no such directory");
            return [.. directory.Entries.Select(entry => new DiskEntry(entry.Key, entry.Value is MemoryDirectory))];
        }
    }

    public bool DeleteFile(string path)
    {
        lock (gate)
        {
            Check("delete", path);
            if (Find(path) is not MemoryNode file)
            {
                return false;
            }

            var (directory, name) = Parent(path, "delete");
            directory.Entries.Remove(name);
            UsedBytes -= file.Length;
            file.Deleted = true;
            Record(new MemoryDiskOperation("delete", Normalize(path)));
            return true;
        }
    }

    public bool DeleteDirectory(string path)
    {
        lock (gate)
        {
            Check("delete", path);
            if (Find(path) is not MemoryDirectory found)
            {
                return false;
            }

            var (directory, name) = Parent(path, "delete");
            directory.Entries.Remove(name);
            Forget(found);
            Record(new MemoryDiskOperation("rmdir", Normalize(path)));
            return true;
        }
    }

    public void Move(string from, string to)
    {
        lock (gate)
        {
            Check("rename", from);
            var node = Find(from) ?? throw new DiskException(DiskErrorKind.NotFound, "rename", from, "no such file");
            var (source, sourceName) = Parent(from, "rename");
            var (target, targetName) = Parent(to, "rename");
            if (target.Entries.TryGetValue(targetName, out var old) && !ReferenceEquals(old, node))
            {
                if (old is MemoryDirectory { Entries.Count: > 0 } || old is MemoryDirectory != node is MemoryDirectory)
                {
                    throw new DiskException(DiskErrorKind.Exists, "rename", to, "the target exists");
                }

                if (old is MemoryNode replaced)
                {
                    UsedBytes -= replaced.Length;
                    replaced.Deleted = true;
                }
            }

            source.Entries.Remove(sourceName);
            target.Entries[targetName] = node;
            Record(new MemoryDiskOperation("rename", Normalize(from)) { Target = Normalize(to) });
        }
    }

    public void SyncDirectory(string path)
    {
        lock (gate)
        {
            Check("syncdir", path);
            if (Find(path) is not MemoryDirectory)
            {
                throw new DiskException(DiskErrorKind.NotFound, "sync", path, "no such directory");
            }

            Record(new MemoryDiskOperation("syncdir", Normalize(path)));
        }
    }

    public DateTimeOffset LastModified(string path)
    {
        lock (gate)
        {
            return FindFile(path, "stat").Modified;
        }
    }

    public void SetLastModified(string path, DateTimeOffset time)
    {
        lock (gate)
        {
            FindFile(path, "utime").Modified = time;
        }
    }

    public DiskSpace Space(string path)
    {
        lock (gate)
        {
            var total = CapacityBytes == long.MaxValue ? 1L << 40 : CapacityBytes;
            return new DiskSpace(total, Math.Max(0, total - UsedBytes));
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (gate)
        {
            if (!locks.Add(Normalize(path)))
            {
                return null;
            }
        }

        Open(path, DiskOpenMode.OpenOrCreate).Dispose();
        return new MemoryLock(this, Normalize(path));
    }
}
