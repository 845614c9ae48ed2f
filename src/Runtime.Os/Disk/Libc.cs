using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Moldau.Runtime.Os;

/// <summary>
/// The system calls of Linux that the managed API lacks or whose failures it hides (FlushToDisk returns normally when fsync fails). 64-bit Linux only: off_t is a long.
/// </summary>
internal static unsafe partial class Libc
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int TruncateFlag = 0x200;
    public const int CloseOnExec = 0x80000;
    public const int SeekEnd = 2;
    public const int SetLock = 6;
    public const short WriteLock = 1;

    /// <summary>rw for all, less the umask: what Java gives the files that it makes.</summary>
    public const int DefaultMode = 0b110_110_110;

    private const string Library = "libc";

    /// <summary>O_DIRECTORY, one of the few flags whose value depends on the architecture.</summary>
    public static int DirectoryFlag { get; } =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nint count, long position);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nint count, long position);

    [LibraryImport(Library, EntryPoint = "pwritev", SetLastError = true)]
    public static partial nint WriteVector(SafeFileHandle file, IoVector* vectors, int count, long position);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int SetLength(SafeFileHandle file, long length);

    /// <summary>FALLOC_FL_KEEP_SIZE.</summary>
    public const int KeepSize = 1;

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport(Library, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, int command, FileLock* argument);

    [LibraryImport(Library, EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(SafeHandle socket, SafeFileHandle file, long* position, nint count);

    [LibraryImport(Library, EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(byte* buffer, nint count, uint flags);

    /// <summary>RLIMIT_NOFILE, on the architectures that .NET has.</summary>
    public const int FileDescriptors = 7;

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, ResourceLimit* limit);

    [LibraryImport(Library, EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, ResourceLimit* limit);

    /// <summary>MSG_MORE.</summary>
    public const int SendMoreFollows = 0x8000;

    /// <summary>MSG_NOSIGNAL.</summary>
    public const int SendNoSignal = 0x4000;

    /// <summary>MSG_DONTWAIT.</summary>
    public const int SendWithoutWaiting = 0x40;

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeHandle socket, byte* buffer, nint count, int flags);

    /// <summary>POLLERR: of the writing end of a pipe, that its reading ends are closed.</summary>
    public const short PollError = 0x8;

    /// <summary>POLLHUP: of a socket or a terminal, that the other side has gone.</summary>
    public const short PollHangUp = 0x10;

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Asked;
        public short Seen;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    /// <summary>struct rlimit; all bits set is "unlimited".</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    /// <summary>struct flock.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int ProcessId;
    }
}
