namespace Moldau.Raft;

/// <summary>One batch of the metadata log. <see cref="Records"/> are the values, framed as <see cref="MetadataRecordFrame"/> says, the first at
/// <see cref="BaseOffset"/>; a control batch has none.</summary>
public sealed record CommittedBatch(
    long BaseOffset,
    long LastOffset,
    int Epoch,
    long AppendTimestampMs,
    int SizeBytes,
    bool IsControl,
    IReadOnlyList<ReadOnlyMemory<byte>> Records);
