namespace Moldau.Raft;

/// <summary>
/// A snapshot in the making. One owner at a time. Nothing of it is seen until <see cref="Freeze"/>; disposing before that throws the work away.
/// </summary>
public interface ISnapshotWriter : IDisposable
{
    OffsetAndEpoch SnapshotId { get; }

    /// <summary>Adds framed records; they are copied.</summary>
    void Append(IReadOnlyList<ReadOnlyMemory<byte>> records);

    /// <summary>Writes the footer, makes the file durable and puts it in its place. Older snapshots and segments may be deleted from then on.</summary>
    /// <exception cref="Moldau.Runtime.DiskException">The disk failed.</exception>
    void Freeze();
}
