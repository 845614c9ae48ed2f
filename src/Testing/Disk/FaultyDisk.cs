using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>A disk with faults.</summary>
internal sealed class FaultyDisk(IDisk disk, DiskFaults faults) : IDisk
{
    public IDiskFile Open(string path, DiskOpenMode mode)
    {
        if (mode != DiskOpenMode.Read)
        {
            faults.BeforeChange("open", path, grows: !disk.FileExists(path));
        }

        return new FaultyFile(disk.Open(path, mode), faults);
    }

    public bool FileExists(string path) => disk.FileExists(path);

    public bool DirectoryExists(string path) => disk.DirectoryExists(path);

    public void CreateDirectory(string path)
    {
        faults.BeforeChange("mkdir", path, grows: !disk.DirectoryExists(path));
        disk.CreateDirectory(path);
    }

    public IReadOnlyList<DiskEntry> List(string path) => disk.List(path);

    public bool DeleteFile(string path)
    {
        faults.BeforeChange("delete", path);
        return disk.DeleteFile(path);
    }

    public bool DeleteDirectory(string path)
    {
        faults.BeforeChange("delete", path);
        return disk.DeleteDirectory(path);
    }

    public void Move(string from, string to)
    {
        faults.BeforeChange("rename", from);
        disk.Move(from, to);
    }

    public void SyncDirectory(string path)
    {
        faults.OnSync();
        faults.BeforeChange("sync", path);
        disk.SyncDirectory(path);
    }

    public DateTimeOffset LastModified(string path) => disk.LastModified(path);

    public void SetLastModified(string path, DateTimeOffset time) => disk.SetLastModified(path, time);

    public DiskSpace Space(string path)
    {
        var space = disk.Space(path);
        return faults.IsFull ? new DiskSpace(space.TotalBytes, 0) : space;
    }

    public IDisposable? TryLock(string path) => disk.TryLock(path);
}
