using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Moldau.Runtime.Os;

/// <summary>
/// The lock that Java's FileChannel.tryLock takes: a POSIX record lock over the whole file, which a running Apache Kafka sees and respects. Such a lock belongs to
/// the process and goes as soon as any descriptor of the file is closed, so a table of this process's own locks is asked first and a locked file is never opened twice.
/// </summary>
internal sealed class ProcessLock : IDisposable
{
    /// <summary>How long a lock that is held is tried for: a process that was killed a moment ago, and has not ended everywhere yet, still has it when the next one starts at once.</summary>
    private const int Tries = 50;
    private const int BetweenTriesMs = 20;

    private static readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private static readonly Lock _gate = new();

    private readonly string _key;
    private SafeFileHandle? _handle;

    private ProcessLock(string key, SafeFileHandle handle)
    {
        _key = key;
        _handle = handle;
    }

    public static ProcessLock? TryTake(string path)
    {
        string key = Key(path);
        lock (_gate)
        {
            if (_held.Contains(key))
            {
                return null;
            }

            SafeFileHandle handle = LinuxDiskFile.OpenHandle(path, Libc.ReadWrite | Libc.Create | Libc.CloseOnExec);
            if (!TrySet(handle, path))
            {
                handle.Dispose();
                return null;
            }

            _held.Add(key);
            return new ProcessLock(key, handle);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_handle is { } handle)
            {
                _handle = null;
                handle.Dispose();
                _held.Remove(_key);
            }
        }
    }

    private static unsafe bool TrySet(SafeFileHandle handle, string path)
    {
        var region = new Libc.FileLock { Type = Libc.WriteLock };
        int tries = 0;
        while (Libc.Control(handle, Libc.SetLock, &region) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno is Errno.Again or Errno.AccessDenied)
            {
                if (++tries == Tries)
                {
                    return false;
                }

                Thread.Sleep(BetweenTriesMs);
                continue;
            }

            if (errno != Errno.Interrupted)
            {
                handle.Dispose();
                throw Errno.Of(errno, "lock", path);
            }
        }

        return true;
    }

    /// <summary>The file's name with the links in its directory resolved: two ways to one file must meet in the table.</summary>
    private static string Key(string path)
    {
        string full = Path.GetFullPath(path);
        string parent = Path.GetDirectoryName(full) ?? "/";
        string resolved = new DirectoryInfo(parent).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? parent;
        return Path.Combine(resolved, Path.GetFileName(full));
    }
}
