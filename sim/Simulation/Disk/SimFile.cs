using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>An open handle of a <see cref="SimDisk"/>; it dies with its process.</summary>
internal sealed class SimFile(SimDisk disk, SimFileNode node, string path, bool writable, int life) : IDiskFile
{
    private bool _closed;

    public string Path { get; } = path;

    public long Length => node.Length;

    public int Read(Span<byte> destination, long position)
    {
        Invariant.That(!_closed, "a closed file is not read");
        return disk.Read(node, destination, position, life);
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        EnsureWritable();
        disk.Write(node, Path, source, position, life);
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
    {
        EnsureWritable();
        foreach (ReadOnlyMemory<byte> source in sources)
        {
            disk.Write(node, Path, source.Span, position, life);
            position += source.Length;
        }
    }

    public void SetLength(long length)
    {
        EnsureWritable();
        disk.SetLength(node, Path, length, life);
    }

    public void Preallocate(long length)
    {
        EnsureWritable();
        if (length > node.Length)
        {
            disk.SetLength(node, Path, length, life);
        }
    }

    public void Reserve(long length)
    {
    }

    public void Sync(bool dataOnly) => disk.Sync(node, Path, life);

    public void Dispose() => _closed = true;

    private void EnsureWritable()
    {
        Invariant.That(!_closed, "a closed file is not written");
        if (!writable)
        {
            throw new DiskException(DiskErrorKind.Denied, "write", Path, "the file is open for reading only");
        }
    }
}
