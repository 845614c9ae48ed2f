using System.Buffers.Binary;
using Moldau.Records;

namespace Moldau.Storage;

/// <summary>
/// What the log keeps of a batch's header once the buffer that it was read into holds something else: the fields as <see cref="RecordBatchHeader"/> sees them. Batches of magic 0 and 1, which
/// very old logs may hold, are seen as one record: their offset is both first and last.
/// </summary>
internal readonly struct BatchHeader
{
    /// <summary>Bytes before the records of a batch of magic 2.</summary>
    public const int Size = RecordBatchLayout.HeaderBytes;

    /// <summary>Up to and with the magic byte.</summary>
    public const int SizeUpToMagic = RecordBatchLayout.BytesUpToMagic;

    /// <summary>A record of magic 0 with neither key nor value.</summary>
    private const int LegacySizeMin = 26;

    private BatchHeader(RecordBatchHeader view, int sizeInBytes)
    {
        BaseOffset = view.BaseOffset;
        LastOffset = view.LastOffset;
        SizeInBytes = sizeInBytes;
        Magic = (byte)view.Magic;
        Crc = view.Crc;
        LeaderEpoch = view.PartitionLeaderEpoch;
        Codec = (int)view.CompressionType;
        IsLogAppendTime = view.TimestampType == TimestampType.LogAppendTime;
        IsTransactional = view.IsTransactional;
        IsControl = view.IsControl;
        BaseTimestamp = view.BaseTimestamp;
        MaxTimestamp = view.MaxTimestamp;
        ProducerId = view.ProducerId;
        ProducerEpoch = view.ProducerEpoch;
        BaseSequence = view.BaseSequence;
        Count = view.RecordsCount;
    }

    public long BaseOffset { get; }

    public long LastOffset { get; }

    /// <summary>The whole batch, offset and length fields included.</summary>
    public int SizeInBytes { get; }

    public byte Magic { get; }

    public uint Crc { get; }

    public int LeaderEpoch { get; }

    public int Codec { get; }

    public bool IsLogAppendTime { get; }

    public bool IsTransactional { get; }

    public bool IsControl { get; }

    public long BaseTimestamp { get; }

    public long MaxTimestamp { get; }

    public long ProducerId { get; }

    public short ProducerEpoch { get; }

    public int BaseSequence { get; }

    public int Count { get; }

    public int LastOffsetDelta => (int)(LastOffset - BaseOffset);

    public long NextOffset => LastOffset + 1;

    public bool HasProducerId => ProducerId > RecordBatchLayout.NoProducerId;

    public int LastSequence => BaseSequence == RecordBatchLayout.NoSequence ? RecordBatchLayout.NoSequence : Sequences.Increment(BaseSequence, LastOffsetDelta);

    /// <summary>Reads a header; false when <paramref name="bytes"/> does not begin with the whole of one or its length cannot be right.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BatchHeader header)
    {
        header = default;
        if (bytes.Length < SizeUpToMagic)
        {
            return false;
        }

        var size = (long)BinaryPrimitives.ReadInt32BigEndian(bytes[RecordBatchLayout.Length..]) + RecordBatchLayout.LogOverheadBytes;
        var magic = bytes[RecordBatchLayout.Magic];
        var sizeMin = magic < RecordBatchLayout.CurrentMagic ? LegacySizeMin : Size;
        if (size < sizeMin || size > int.MaxValue || magic > RecordBatchLayout.CurrentMagic || bytes.Length < sizeMin)
        {
            return false;
        }

        header = new BatchHeader(new RecordBatchHeader(bytes), (int)size);
        return true;
    }

    /// <summary>Whether the bytes are the whole batch and its checksum is right.</summary>
    public bool IsIntact(ReadOnlySpan<byte> batch)
    {
        if (batch.Length < SizeInBytes)
        {
            return false;
        }

        var view = new RecordBatchHeader(batch[..SizeInBytes]);
        return view.SizeBytes == SizeInBytes && view.Crc == Crc && view.IsValid && Count >= 0 && LastOffsetDelta >= 0;
    }
}
