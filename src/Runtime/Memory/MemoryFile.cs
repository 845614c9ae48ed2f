using Moldau.Core;

namespace Moldau.Runtime.Memory;

/// <summary>An open handle of a <see cref="MemoryDisk"/>.</summary>
internal sealed class MemoryFile(MemoryDisk disk, MemoryNode node, string path, bool writable) : IDiskFile
{
    private bool closed;

    public string Path { get; } = path;

    public long Length => node.Length;

    public int Read(Span<byte> destination, long position)
    {
        Invariant.That(!closed, "a closed file is not read");
        return disk.Read(node, destination, position);
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        EnsureWritable();
        disk.Write(node, Path, source, position);
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
    {
        EnsureWritable();
        for (var i = 0; i < sources.Count; i++)
        {
            disk.Write(node, Path, sources[i].Span, position);
            position += sources[i].Length;
        }
    }

    public void SetLength(long length)
    {
        EnsureWritable();
        disk.SetLength(node, Path, length);
    }

    public void Preallocate(long length)
    {
        EnsureWritable();
        if (length > node.Length)
        {
            disk.SetLength(node, Path, length);
        }
    }

    public void Reserve(long length) => EnsureWritable();

    public void Sync(bool dataOnly) => disk.Sync(node, Path);

    public void Dispose()
    {
        if (!closed)
        {
            closed = true;
            disk.HandleClosed();
        }
    }

    private void EnsureWritable()
    {
        Invariant.That(!closed, "a closed file is not written");
        if (!writable)
        {
            throw new DiskException(DiskErrorKind.Denied, "write", Path, "the file is open for reading only");
        }
    }
}
