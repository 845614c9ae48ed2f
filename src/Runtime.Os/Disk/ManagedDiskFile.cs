using Microsoft.Win32.SafeHandles;

namespace Moldau.Runtime.Os;

/// <summary>A file by the managed API, where there is no Linux: the same contract, without reserved blocks and fdatasync.</summary>
internal sealed class ManagedDiskFile : IDiskFile
{
    private readonly SafeFileHandle _handle;

    public ManagedDiskFile(string path, DiskOpenMode mode)
    {
        Path = path;
        FileMode fileMode = mode switch
        {
            DiskOpenMode.Read or DiskOpenMode.ReadWrite => FileMode.Open,
            DiskOpenMode.OpenOrCreate => FileMode.OpenOrCreate,
            DiskOpenMode.CreateNew => FileMode.CreateNew,
            DiskOpenMode.Truncate => FileMode.Create,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode"),
        };
        FileAccess access = mode == DiskOpenMode.Read ? FileAccess.Read : FileAccess.ReadWrite;
        _handle = ManagedErrors.Guard("open", path, () => File.OpenHandle(path, fileMode, access, FileShare.ReadWrite | FileShare.Delete));
    }

    public string Path { get; }

    public long Length => ManagedErrors.Guard("size", Path, () => RandomAccess.GetLength(_handle));

    public int Read(Span<byte> destination, long position)
    {
        try
        {
            int done = 0;
            while (done < destination.Length)
            {
                int count = RandomAccess.Read(_handle, destination[done..], position + done);
                if (count == 0)
                {
                    break;
                }

                done += count;
            }

            return done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ManagedErrors.From(failure, "read", Path);
        }
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        try
        {
            RandomAccess.Write(_handle, source, position);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ManagedErrors.From(failure, "write", Path);
        }
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position) =>
        ManagedErrors.Guard("write", Path, () => RandomAccess.Write(_handle, sources, position));

    public void SetLength(long length) => ManagedErrors.Guard("truncate", Path, () => RandomAccess.SetLength(_handle, length));

    public void Preallocate(long length)
    {
        if (length > Length)
        {
            SetLength(length);
        }
    }

    public void Reserve(long length)
    {
    }

    public void Sync(bool dataOnly) => ManagedErrors.Guard("fsync", Path, () => RandomAccess.FlushToDisk(_handle));

    public void Dispose() => _handle.Dispose();
}
