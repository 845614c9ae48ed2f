namespace Moldau.Storage;

/// <summary>A transaction of one producer on one partition: from its first record to its marker, and after it until the marker is replicated.</summary>
internal sealed class OpenTransaction(long producerId, LogOffsetMetadata firstOffset)
{
    public long ProducerId { get; } = producerId;

    public LogOffsetMetadata FirstOffset { get; } = firstOffset;

    /// <summary>The offset of the marker; null while the transaction is open.</summary>
    public long? LastOffset { get; set; }
}
