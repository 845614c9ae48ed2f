using System.Buffers.Binary;
using Moldau.Core;

namespace Moldau.Records;

/// <summary>
/// Changes that a leader or the cleaner makes to a batch of magic 2 where it lies. The span is the whole batch. Base offset and leader epoch are outside
/// the checksum; the rest is inside, and the methods that touch it write the checksum anew.
/// </summary>
public static class RecordBatchPatch
{
    /// <summary>Moves the batch to another offset. No checksum changes.</summary>
    public static void SetBaseOffset(Span<byte> batch, long baseOffset) => BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);

    /// <summary>Moves the batch so that its last record has the offset. No checksum changes.</summary>
    public static void SetLastOffset(Span<byte> batch, long lastOffset) =>
        SetBaseOffset(batch, lastOffset - new RecordBatchHeader(batch).LastOffsetDelta);

    /// <summary>Writes the epoch of the leader that appends. No checksum changes.</summary>
    public static void SetPartitionLeaderEpoch(Span<byte> batch, int leaderEpoch) =>
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], leaderEpoch);

    /// <summary>
    /// Writes timestamp type and maximum timestamp (ms since the epoch), and the checksum when one of the two changes. Only then the attribute bits
    /// that nothing uses are cleared, as Kafka does.
    /// </summary>
    public static void SetMaxTimestamp(Span<byte> batch, TimestampType type, long maxTimestamp)
    {
        var header = new RecordBatchHeader(batch);
        if (header.TimestampType == type && header.MaxTimestamp == maxTimestamp)
        {
            return;
        }

        int attributes = header.Attributes & RecordBatchLayout.UsedAttributesMask & ~RecordBatchLayout.TimestampTypeMask;
        if (type == TimestampType.LogAppendTime)
        {
            attributes |= RecordBatchLayout.TimestampTypeMask;
        }

        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], (short)attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..], maxTimestamp);
        WriteCrc(batch);
    }

    /// <summary>Computes the checksum and writes it.</summary>
    public static void WriteCrc(Span<byte> batch) =>
        BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatchLayout.Crc..], Crc32C.Compute(batch[RecordBatchLayout.Attributes..]));
}
