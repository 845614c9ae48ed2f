using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// One file of a segment: its path, and a handle that opens at the first use and closes when idle. Users take it with <see cref="Acquire"/> and give it
/// back with <see cref="Release"/>;
/// between the two it stays open, also when the file is renamed or deleted meanwhile. Acquire and Release may be called from any thread; all else by the
/// partition's writer.
/// </summary>
public sealed class LogFile : IDisposable
{
    private const int Closed = -1;

    private readonly OpenFiles files;
    private readonly Lock opening = new();
    private IDiskFile? handle;
    private int users = Closed;
    private volatile bool usedLately;
    private volatile bool closeWhenIdle;
    private long length = -1;
    private bool create;

    /// <param name="files">Bounds the open files.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="create">Whether the first use makes the file when it is missing; without it, using a missing file fails with NotFound.</param>
    internal LogFile(OpenFiles files, string path, bool create)
    {
        this.files = files;
        this.create = create;
        Path = path;
    }

    public string Path { get; private set; }

    internal IDisk Disk => files.Disk;

    /// <summary>How often it was opened less how often it was closed, by what <see cref="OpenFiles"/> has heard; of that alone.</summary>
    internal int Openings { get; set; }

    /// <summary>Where it stands among the open files; of <see cref="OpenFiles"/> alone.</summary>
    internal int Slot { get; set; }

    /// <summary>The length in bytes, remembered from the first look and kept by <see cref="Write"/> and <see cref="SetLength"/>.</summary>
    public long Length
    {
        get
        {
            var known = Volatile.Read(ref length);
            if (known >= 0)
            {
                return known;
            }

            using var lease = Lease();
            Volatile.Write(ref length, lease.File.Length);
            return length;
        }
    }

    /// <summary>The open handle; counted until <see cref="Release"/>.</summary>
    public IDiskFile Acquire()
    {
        usedLately = true;
        var count = Volatile.Read(ref users);
        while (count >= 0)
        {
            var seen = Interlocked.CompareExchange(ref users, count + 1, count);
            if (seen == count)
            {
                return handle!;
            }

            count = seen;
        }

        return Open();
    }

    /// <summary>Gives back what <see cref="Acquire"/> gave.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref users);
        Invariant.That(left >= 0, "a file is released as often as it is acquired");
        if (left == 0 && closeWhenIdle && TryClose())
        {
            files.Closed(this);
        }
    }

    /// <summary>As <see cref="Release"/>, for those who hold the file as something to be disposed.</summary>
    void IDisposable.Dispose() => Release();

    internal LogFileLease Lease() => new(this, Acquire());

    internal bool Exists() => files.Disk.FileExists(Path);

    internal int Read(Span<byte> destination, long position)
    {
        using var lease = Lease();
        return lease.File.Read(destination, position);
    }

    internal void Write(ReadOnlySpan<byte> source, long position)
    {
        using var lease = Lease();
        try
        {
            lease.File.Write(source, position);
        }
        catch (DiskException)
        {
            // A part of it may have been written: the next look at the length asks the file.
            Volatile.Write(ref length, -1);
            throw;
        }

        var known = Volatile.Read(ref length);
        Volatile.Write(ref length, Math.Max(known >= 0 ? known : lease.File.Length, position + source.Length));
    }

    internal void SetLength(long newLength)
    {
        using var lease = Lease();
        lease.File.SetLength(newLength);
        Volatile.Write(ref length, newLength);
    }

    internal void Preallocate(long newLength)
    {
        using var lease = Lease();
        lease.File.Preallocate(newLength);
        Volatile.Write(ref length, lease.File.Length);
    }

    internal void Reserve(long newLength)
    {
        using var lease = Lease();
        lease.File.Reserve(newLength);
    }

    internal void Sync(bool dataOnly)
    {
        using var lease = Lease();
        lease.File.Sync(dataOnly);
    }

    /// <summary>Renames the file when it exists; open handles go on.</summary>
    internal void Rename(string path)
    {
        // Whoever opens the file finds it under one name or the other.
        lock (opening)
        {
            if (Exists())
            {
                create = false;
                files.Disk.Move(Path, path);
            }

            Path = path;
        }
    }

    /// <summary>The directory has been renamed: the file has moved along with it.</summary>
    internal void DirectoryMoved(string directory) => Path = $"{directory}/{Path[(Path.LastIndexOf('/') + 1)..]}";

    /// <summary>Deletes the file; users of the open handle may finish.</summary>
    internal void Delete()
    {
        create = false;
        Close();
        files.Disk.DeleteFile(Path);
    }

    /// <summary>Closes the handle, now or when its last user gives it back. A later use opens the file again.</summary>
    internal void Close()
    {
        closeWhenIdle = true;
        if (TryClose())
        {
            files.Closed(this);
        }
    }

    /// <summary>For the bound on open files: closes when nobody uses it and nobody has since the last call.</summary>
    internal bool TryCloseIdle()
    {
        if (usedLately)
        {
            usedLately = false;
            return false;
        }

        return TryClose();
    }

    private IDiskFile Open()
    {
        lock (opening)
        {
            var count = Volatile.Read(ref users);
            while (count >= 0)
            {
                var seen = Interlocked.CompareExchange(ref users, count + 1, count);
                if (seen == count)
                {
                    return handle!;
                }

                count = seen;
            }

            closeWhenIdle = false;
            handle = files.Disk.Open(Path, create ? DiskOpenMode.OpenOrCreate : DiskOpenMode.ReadWrite);
            create = false;
            Volatile.Write(ref users, 1);
        }

        files.Opened(this);
        return handle!;
    }

    private bool TryClose()
    {
        lock (opening)
        {
            if (Interlocked.CompareExchange(ref users, Closed, 0) != 0)
            {
                return false;
            }

            handle!.Dispose();
            handle = null;
            return true;
        }
    }
}
