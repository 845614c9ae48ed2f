using Moldau.Runtime;

namespace Moldau.Raft;

/// <summary>
/// The log that a replica keeps: whole batches, as bytes. One owner at a time but for <see cref="Read"/>, which any thread may call. Everything that fails on
/// the disk throws <see cref="DiskException"/>, and then the replica stops.
/// </summary>
public interface IRaftLog : IDisposable
{
    long StartOffset { get; }

    long EndOffset { get; }

    /// <summary>Where each leader epoch starts, oldest first.</summary>
    IReadOnlyList<EpochStart> Epochs { get; }

    long SizeBytes { get; }

    /// <summary>Writes one or more whole batches at the end. They carry their offsets and epochs. Durable only after <see cref="Flush"/>.</summary>
    void Append(ReadOnlyMemory<byte> batches);

    /// <summary>Whole batches from the one that holds <paramref name="offset"/> on, at most <paramref name="bytesMax"/> but always one; empty at the end
    /// of the log.</summary>
    ReadOnlyMemory<byte> Read(long offset, int bytesMax);

    /// <summary>Makes everything durable. After a failure nothing unsynced may be taken for written.</summary>
    void Flush();

    /// <summary>Drops what lies at the offset and after.</summary>
    void Truncate(long offset);

    /// <summary>Drops everything; the next batch comes at the offset.</summary>
    void ResetTo(long offset);

    /// <summary>The log starts at the offset from now on; segments before it are deleted.</summary>
    void AdvanceStart(long offset);
}
