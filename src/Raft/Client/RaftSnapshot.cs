namespace Moldau.Raft;

/// <summary>
/// A snapshot that has been read and checked: what the log held up to <see cref="SnapshotId"/> (exclusive). <see cref="Batches"/> are its data batches; their
/// offsets count within the snapshot.
/// </summary>
public sealed record RaftSnapshot(OffsetAndEpoch SnapshotId, long LastContainedLogTimestampMs, IReadOnlyList<CommittedBatch> Batches, long SizeBytes);
