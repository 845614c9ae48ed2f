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
    IReadOnlyList<ReadOnlyMemory<byte>> Records)
{
    private readonly Lock _gate = new();
    private object? _meaning;

    /// <summary>What the records mean, decoded once for all listeners that are handed this batch: the first that asks does it, whoever asks meanwhile waits. Nobody may change it. Any thread.</summary>
    public T Meaning<T>(Func<IReadOnlyList<ReadOnlyMemory<byte>>, T> decode)
        where T : class
    {
        lock (_gate)
        {
            return (T)(_meaning ??= decode(Records));
        }
    }
}
