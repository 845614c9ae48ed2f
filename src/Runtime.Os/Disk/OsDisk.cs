using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Moldau.Runtime.Os;

/// <summary>
/// The file system of the machine. On Linux the calls whose failures matter go to the system directly; elsewhere the managed API stands in.
/// Stateless; any thread may call it.
/// </summary>
public sealed class OsDisk : IDisk
{
    private readonly bool _linux;

    public OsDisk()
        : this(OperatingSystem.IsLinux() && Environment.Is64BitProcess)
    {
    }

    /// <summary>With <paramref name="linux"/> false the managed fallback, so that tests reach it on Linux too.</summary>
    internal OsDisk(bool linux) => _linux = linux;

    public IDiskFile Open(string path, DiskOpenMode mode) => _linux ? LinuxDiskFile.Open(path, mode) : new ManagedDiskFile(path, mode);

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public void CreateDirectory(string path) => ManagedErrors.Guard("mkdir", path, () => Directory.CreateDirectory(path));

    public IReadOnlyList<DiskEntry> List(string path) => ManagedErrors.Guard("list", path, () =>
    {
        // The defaults would leave out names that start with a dot, and hide a directory that may not be read.
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };
        var entries = new List<DiskEntry>(
            new FileSystemEnumerable<DiskEntry>(path, (ref FileSystemEntry entry) => new DiskEntry(entry.FileName.ToString(), entry.IsDirectory), options));
        entries.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return entries;
    });

    public bool DeleteFile(string path)
    {
        if (_linux)
        {
            if (Libc.Unlink(path) == 0)
            {
                return true;
            }

            return Marshal.GetLastPInvokeError() == Errno.NoEntry ? false : throw Errno.Last("delete", path);
        }

        return ManagedErrors.Guard("delete", path, () =>
        {
            bool existed = File.Exists(path);
            File.Delete(path);
            return existed;
        });
    }

    public bool DeleteDirectory(string path) => ManagedErrors.Guard("delete", path, () =>
    {
        if (!Directory.Exists(path))
        {
            return false;
        }

        Directory.Delete(path, recursive: true);
        return true;
    });

    public void Move(string from, string to)
    {
        if (_linux)
        {
            if (Libc.Rename(from, to) != 0)
            {
                throw Errno.Last($"rename to {to}", from);
            }

            return;
        }

        ManagedErrors.Guard($"rename to {to}", from, () =>
        {
            if (Directory.Exists(from))
            {
                Directory.Move(from, to);
            }
            else
            {
                File.Move(from, to, overwrite: true);
            }
        });
    }

    public void SyncDirectory(string path)
    {
        // Elsewhere a directory cannot be opened for a sync; NTFS and APFS journal their names.
        if (!_linux)
        {
            return;
        }

        string directory = path.Length == 0 ? "." : path;
        using SafeFileHandle handle = LinuxDiskFile.OpenHandle(directory, Libc.ReadOnly | Libc.DirectoryFlag | Libc.CloseOnExec);
        LinuxDiskFile.Sync(handle, dataOnly: false, directory);
    }

    public DateTimeOffset LastModified(string path) => ManagedErrors.Guard("stat", path, () =>
    {
        var info = new FileInfo(path);
        return info.Exists
            ? new DateTimeOffset(info.LastWriteTimeUtc)
            : throw new DiskException(DiskErrorKind.NotFound, "stat", path, "no such file");
    });

    public void SetLastModified(string path, DateTimeOffset time) =>
        ManagedErrors.Guard("utimes", path, () => File.SetLastWriteTimeUtc(path, time.UtcDateTime));

    public DiskSpace Space(string path) => ManagedErrors.Guard("statvfs", path, () =>
    {
        var drive = new DriveInfo(Path.GetFullPath(path));
        return new DiskSpace(drive.TotalSize, drive.AvailableFreeSpace);
    });

    public IDisposable? TryLock(string path) => _linux ? ProcessLock.TryTake(path) : ManagedLock(path);

    private static FileStream? ManagedLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (failure is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ManagedErrors.From(failure, "lock", path);
        }
    }
}
