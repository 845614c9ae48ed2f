using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>
/// The disk of one simulated machine; it outlives the processes that use it. Writes go to a page cache, names to a cache of the directory; a power loss drops what was not synced, in part and torn.
/// A process can be made to die at any of its operations, operations can fail, the disk can be full. Each operation takes a little of the world's time.
/// </summary>
public sealed partial class SimDisk(SimWorld world) : IDisk
{
    private readonly SimDirectoryNode _root = new();
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly SimRandom _random = world.Random.Fork();
    private int _life;

    /// <summary>Called in the midst of the operation that the process dies at, before it is unwound.</summary>
    public Action? Died { get; set; }

    /// <summary>The process dies at the first operation with at least this number (see <see cref="Operations"/>); null for never.</summary>
    public long? DiesAt { get; set; }

    /// <summary>Changes of the disk so far.</summary>
    public long Operations { get; private set; }

    /// <summary>Asked before each change (operation, path): an answer makes it fail. Operations: open, write, truncate, sync, delete, rename, mkdir, syncdir.</summary>
    public Func<string, string, DiskErrorKind?>? Fault { get; set; }

    /// <summary>What all files together may hold.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    public DiskBug Bug { get; set; }

    public long UsedBytes => _root.SizeBytes();

    /// <summary>The process that used the disk is gone: handles and locks go, and with a power loss what was not synced.</summary>
    public void Crash(CrashKind kind)
    {
        _life++;
        _dead = false;
        _locks.Clear();
        DiesAt = null;
        Fault = null;
        CapacityBytes = long.MaxValue;
        if (kind == CrashKind.PowerLoss)
        {
            _root.LosePower(_random);
        }
    }

    /// <summary>The files below a directory with their lengths, for traces.</summary>
    public string Describe(string path) => string.Join(", ", List(path).Select(entry =>
        entry.IsDirectory ? $"{entry.Name}/" : $"{entry.Name} {((SimFileNode)Find($"{path}/{entry.Name}")!).Length}"));

    /// <summary>Flips one bit of a file, as an ageing device does; false when the file is missing or empty.</summary>
    public bool FlipBit(string path)
    {
        if (Find(path) is not SimFileNode { Length: > 0 } file)
        {
            return false;
        }

        long bit = _random.NextInt64(0, file.Length * 8);
        world.Note($"bit {bit} of {path} flips");
        file.FlipBit(bit);
        return true;
    }

    public IDiskFile Open(string path, DiskOpenMode mode)
    {
        Begin("open", path, isChange: mode != DiskOpenMode.Read && (mode == DiskOpenMode.Truncate || !FileExists(path)));
        (SimDirectoryNode directory, string name) = Parent(path, "open");
        directory.Entries.TryGetValue(name, out object? node);
        if (node is SimDirectoryNode)
        {
            throw new DiskException(DiskErrorKind.Denied, "open", path, "it is a directory");
        }

        if (node is null && mode is (DiskOpenMode.Read or DiskOpenMode.ReadWrite))
        {
            throw new DiskException(DiskErrorKind.NotFound, "open", path, "no such file");
        }

        if (node is not null && mode == DiskOpenMode.CreateNew)
        {
            throw new DiskException(DiskErrorKind.Exists, "open", path, "the file exists");
        }

        var file = node as SimFileNode;
        if (file is null)
        {
            file = new SimFileNode { Modified = world.UtcNow };
            directory.Change((name, file));
        }
        else if (mode == DiskOpenMode.Truncate && file.Length > 0)
        {
            file.Resize(0);
        }

        return new SimFile(this, file, path, mode != DiskOpenMode.Read, _life);
    }

    public bool FileExists(string path) => Find(path) is SimFileNode;

    public bool DirectoryExists(string path) => Find(path) is SimDirectoryNode;

    public void CreateDirectory(string path)
    {
        SimDirectoryNode directory = _root;
        foreach (string part in Parts(path))
        {
            if (!directory.Entries.TryGetValue(part, out object? node))
            {
                Begin("mkdir", path);
                node = new SimDirectoryNode();
                directory.Change((part, node));
            }

            directory = node as SimDirectoryNode ?? throw new DiskException(DiskErrorKind.Exists, "mkdir", path, $"{part} is a file");
        }
    }

    public IReadOnlyList<DiskEntry> List(string path) =>
        [.. FindDirectory(path, "list").Entries.Select(entry => new DiskEntry(entry.Key, entry.Value is SimDirectoryNode))];

    public bool DeleteFile(string path)
    {
        if (Find(path) is not SimFileNode)
        {
            EnsureAlive();
            return false;
        }

        Begin("delete", path);
        (SimDirectoryNode directory, string name) = Parent(path, "delete");
        directory.Change((name, null));
        return true;
    }

    public bool DeleteDirectory(string path)
    {
        if (Find(path) is not SimDirectoryNode found)
        {
            EnsureAlive();
            return false;
        }

        foreach ((string child, object node) in found.Entries.ToArray())
        {
            _ = node is SimFileNode ? DeleteFile($"{path}/{child}") : DeleteDirectory($"{path}/{child}");
        }

        Begin("rmdir", path);
        (SimDirectoryNode directory, string name) = Parent(path, "delete");
        directory.Change((name, null));
        return true;
    }

    public void Move(string from, string to)
    {
        Begin("rename", $"{from} to {to}");
        object node = Find(from) ?? throw new DiskException(DiskErrorKind.NotFound, "rename", from, "no such file");
        (SimDirectoryNode source, string sourceName) = Parent(from, "rename");
        (SimDirectoryNode target, string targetName) = Parent(to, "rename");
        if (target.Entries.TryGetValue(targetName, out object? old) && (old is SimDirectoryNode { Entries.Count: > 0 } || old is SimDirectoryNode != node is SimDirectoryNode))
        {
            throw new DiskException(DiskErrorKind.Exists, "rename", to, "the target exists");
        }

        bool forgotten = Bug switch
        {
            DiskBug.RenameForgotten => to.EndsWith(".deleted", StringComparison.Ordinal),
            DiskBug.EpochsForgotten => old is not null && to.EndsWith("leader-epoch-checkpoint", StringComparison.Ordinal),
            DiskBug.SwapForgotten => from.EndsWith(".log.swap", StringComparison.Ordinal),
            _ => false,
        };
        if (forgotten)
        {
            return;
        }

        if (Bug == DiskBug.RenameInTwoSteps && old is not null)
        {
            target.Change((targetName, null));
            Begin("rename, second step", to);
        }

        if (source == target)
        {
            source.Change((sourceName, null), (targetName, node));
        }
        else
        {
            target.Change((targetName, node));
            source.Change((sourceName, null));
        }
    }

    public void SyncDirectory(string path)
    {
        Begin("syncdir", path);
        SimDirectoryNode directory = FindDirectory(path, "sync");
        world.Spend(_random.Next(2_000));
        if (Bug != DiskBug.DirectoryNotSynced)
        {
            directory.Sync();
        }
    }

    public DateTimeOffset LastModified(string path) => FindFile(path, "stat").Modified;

    public void SetLastModified(string path, DateTimeOffset time) => FindFile(path, "utime").Modified = time;

    public DiskSpace Space(string path)
    {
        long total = CapacityBytes == long.MaxValue ? 1L << 40 : CapacityBytes;
        return new DiskSpace(total, Math.Max(0, total - UsedBytes));
    }

    public IDisposable? TryLock(string path)
    {
        if (!_locks.Add(path))
        {
            return null;
        }

        Open(path, DiskOpenMode.OpenOrCreate).Dispose();
        return new SimLock(this, path);
    }
}
