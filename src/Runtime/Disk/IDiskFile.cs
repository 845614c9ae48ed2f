namespace Moldau.Runtime;

/// <summary>
/// An open file. Reads at any position may run from any thread and beside a write; writes, truncation and sync are called by one owner at a time.
/// Everything that fails throws <see cref="DiskException"/>.
/// </summary>
public interface IDiskFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads up to the length of <paramref name="destination"/>; fewer bytes only at the end of the file, 0 past it.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>Writes all bytes at <paramref name="position"/>, growing the file when needed.</summary>
    void Write(ReadOnlySpan<byte> source, long position);

    /// <summary>Writes all buffers one after the other at <paramref name="position"/> in one gather write.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position);

    /// <summary>Truncates or grows (with zeros).</summary>
    void SetLength(long length);

    /// <summary>Reserves blocks up to <paramref name="length"/> and makes the file that long, so that a later sync need not write metadata.</summary>
    void Preallocate(long length);

    /// <summary>
    /// Reserves blocks up to <paramref name="length"/> and leaves the length as it is: a hint, so that writes at the end and their sync cost less. Setting the length gives them back.
    /// </summary>
    void Reserve(long length);

    /// <summary>fsync, or fdatasync when <paramref name="dataOnly"/>. After a failure the file's unsynced bytes must be taken for lost: never retry.</summary>
    void Sync(bool dataOnly);
}
