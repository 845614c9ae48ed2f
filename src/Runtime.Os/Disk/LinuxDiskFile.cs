using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Moldau.Core;

namespace Moldau.Runtime.Os;

/// <summary>A file by Linux system calls, each with its errno checked.</summary>
internal sealed unsafe class LinuxDiskFile : IDiskFile
{
    /// <summary>IOV_MAX of Linux.</summary>
    private const int VectorsMax = 1024;

    /// <summary>Linux moves at most this many bytes in one call; asking for more is cut silently.</summary>
    private const int TransferBytesMax = 0x7ffff000;

    private LinuxDiskFile(string path, SafeFileHandle handle)
    {
        Path = path;
        Handle = handle;
    }

    public string Path { get; }

    /// <summary>The descriptor, for sendfile.</summary>
    public SafeFileHandle Handle { get; }

    public long Length
    {
        get
        {
            long length = Libc.Seek(Handle, 0, Libc.SeekEnd);
            return length >= 0 ? length : throw Errno.Last("size", Path);
        }
    }

    public static LinuxDiskFile Open(string path, DiskOpenMode mode)
    {
        int flags = Libc.CloseOnExec | mode switch
        {
            DiskOpenMode.Read => Libc.ReadOnly,
            DiskOpenMode.ReadWrite => Libc.ReadWrite,
            DiskOpenMode.OpenOrCreate => Libc.ReadWrite | Libc.Create,
            DiskOpenMode.CreateNew => Libc.ReadWrite | Libc.Create | Libc.Exclusive,
            DiskOpenMode.Truncate => Libc.ReadWrite | Libc.Create | Libc.TruncateFlag,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode"),
        };
        return new LinuxDiskFile(path, OpenHandle(path, flags));
    }

    public static SafeFileHandle OpenHandle(string path, int flags)
    {
        int descriptor;
        do
        {
            descriptor = Libc.Open(path, flags, Libc.DefaultMode);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Errno.Last("open", path);
    }

    /// <summary>fsync or fdatasync. Never called again after a failure: the kernel may have dropped the pages and would report success.</summary>
    public static void Sync(SafeFileHandle handle, bool dataOnly, string path)
    {
        int result;
        do
        {
            result = dataOnly ? Libc.SyncData(handle) : Libc.Sync(handle);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        if (result != 0)
        {
            // Whatever the reason, also a full disk: what was written before may be gone, and no later sync would tell.
            throw Errno.LastOfSync(dataOnly ? "fdatasync" : "fsync", path);
        }
    }

    public int Read(Span<byte> destination, long position)
    {
        int done = 0;
        fixed (byte* start = destination)
        {
            while (done < destination.Length)
            {
                nint count = Libc.Read(Handle, start + done, destination.Length - done, position + done);
                if (count == 0)
                {
                    break;
                }

                if (count < 0)
                {
                    ThrowUnlessInterrupted("read");
                    continue;
                }

                done += (int)count;
            }
        }

        return done;
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        fixed (byte* start = source)
        {
            int done = 0;
            while (done < source.Length)
            {
                nint count = Libc.Write(Handle, start + done, source.Length - done, position + done);
                if (count < 0)
                {
                    ThrowUnlessInterrupted("write");
                    continue;
                }

                done += (int)count;
            }
        }
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
    {
        if (sources.Count == 1)
        {
            Write(sources[0].Span, position);
            return;
        }

        int capacity = Math.Min(sources.Count, VectorsMax);
        MemoryHandle[] pins = ArrayPool<MemoryHandle>.Shared.Rent(capacity);
        Libc.IoVector[] vectors = ArrayPool<Libc.IoVector>.Shared.Rent(capacity);
        try
        {
            for (int first = 0; first < sources.Count;)
            {
                int taken = 0;
                long bytes = 0;
                try
                {
                    for (; taken < capacity && first + taken < sources.Count && bytes + sources[first + taken].Length <= TransferBytesMax; taken++)
                    {
                        ReadOnlyMemory<byte> source = sources[first + taken];
                        pins[taken] = source.Pin();
                        vectors[taken] = new Libc.IoVector { Base = (byte*)pins[taken].Pointer, Length = source.Length };
                        bytes += source.Length;
                    }

                    WriteVectors(vectors.AsSpan(0, taken), bytes, position);
                }
                finally
                {
                    foreach (ref MemoryHandle pin in pins.AsSpan(0, taken))
                    {
                        pin.Dispose();
                    }
                }

                position += bytes;
                first += taken;
            }
        }
        finally
        {
            ArrayPool<MemoryHandle>.Shared.Return(pins, clearArray: true);
            ArrayPool<Libc.IoVector>.Shared.Return(vectors);
        }
    }

    public void SetLength(long length)
    {
        while (Libc.SetLength(Handle, length) != 0)
        {
            ThrowUnlessInterrupted("truncate");
        }
    }

    public void Preallocate(long length)
    {
        while (Libc.Allocate(Handle, 0, 0, length) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.NotSupported)
            {
                // The file system cannot reserve; the length alone is kept, as the contract of the log files needs it.
                SetLength(Math.Max(length, Length));
                return;
            }

            ThrowUnlessInterrupted("preallocate");
        }
    }

    public void Reserve(long length)
    {
        while (Libc.Allocate(Handle, Libc.KeepSize, 0, length) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.NotSupported)
            {
                return;
            }

            ThrowUnlessInterrupted("reserve");
        }
    }

    public void Sync(bool dataOnly) => Sync(Handle, dataOnly, Path);

    public void Dispose() => Handle.Dispose();

    private void WriteVectors(Span<Libc.IoVector> vectors, long bytes, long position)
    {
        while (bytes > 0)
        {
            nint count;
            fixed (Libc.IoVector* start = vectors)
            {
                count = Libc.WriteVector(Handle, start, vectors.Length, position);
            }

            if (count < 0)
            {
                ThrowUnlessInterrupted("write");
                continue;
            }

            bytes -= count;
            position += count;
            vectors = Advance(vectors, count);
        }

        Invariant.That(bytes == 0);
    }

    /// <summary>What remains after the first <paramref name="count"/> bytes.</summary>
    private static Span<Libc.IoVector> Advance(Span<Libc.IoVector> vectors, nint count)
    {
        int first = 0;
        while (first < vectors.Length && count >= vectors[first].Length)
        {
            count -= vectors[first].Length;
            first++;
        }

        if (first < vectors.Length)
        {
            vectors[first].Base += count;
            vectors[first].Length -= count;
        }

        return vectors[first..];
    }

    private void ThrowUnlessInterrupted(string operation)
    {
        if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
        {
            throw Errno.Last(operation, Path);
        }
    }
}
