using System.Buffers.Binary;
using Moldau.Core;

namespace Moldau.Storage;

/// <summary>
/// The fixed part of a record batch as the log needs it, read without copying. Batches of magic 0 and 1, which very old logs may hold, are seen as one
/// record: their offset is both first and last.
/// </summary>
internal readonly struct BatchHeader
{
    /// <summary>Offset and length, which are not counted in the length.</summary>
    public const int Overhead = 12;

    /// <summary>Bytes before the records of a batch of magic 2.</summary>
    public const int Size = 61;

    /// <summary>Up to and with the magic byte.</summary>
    public const int SizeUpToMagic = 17;

    private const int LegacySizeMin = 26;
    private const int TransactionalBit = 0x10;
    private const int ControlBit = 0x20;
    private const int DeleteHorizonBit = 0x40;
    private const int LogAppendTimeBit = 0x08;

    private BatchHeader(ReadOnlySpan<byte> bytes, int size)
    {
        BaseOffset = BinaryPrimitives.ReadInt64BigEndian(bytes);
        SizeInBytes = size;
        Magic = bytes[16];
        if (Magic < 2)
        {
            Crc = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
            MaxTimestamp = Magic == 1 && bytes.Length >= LegacySizeMin ? BinaryPrimitives.ReadInt64BigEndian(bytes[18..]) : -1;
            BaseTimestamp = MaxTimestamp;
            LeaderEpoch = -1;
            ProducerId = -1;
            ProducerEpoch = -1;
            BaseSequence = -1;
            Count = 1;
            return;
        }

        LeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
        Crc = BinaryPrimitives.ReadUInt32BigEndian(bytes[17..]);
        Attributes = BinaryPrimitives.ReadInt16BigEndian(bytes[21..]);
        LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(bytes[23..]);
        BaseTimestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[27..]);
        MaxTimestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[35..]);
        ProducerId = BinaryPrimitives.ReadInt64BigEndian(bytes[43..]);
        ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(bytes[51..]);
        BaseSequence = BinaryPrimitives.ReadInt32BigEndian(bytes[53..]);
        Count = BinaryPrimitives.ReadInt32BigEndian(bytes[57..]);
    }

    public long BaseOffset { get; }

    /// <summary>The whole batch, offset and length fields included.</summary>
    public int SizeInBytes { get; }

    public byte Magic { get; }

    public uint Crc { get; }

    public int LeaderEpoch { get; }

    public short Attributes { get; }

    public int LastOffsetDelta { get; }

    public long BaseTimestamp { get; }

    public long MaxTimestamp { get; }

    public long ProducerId { get; }

    public short ProducerEpoch { get; }

    public int BaseSequence { get; }

    public int Count { get; }

    public long LastOffset => BaseOffset + LastOffsetDelta;

    public long NextOffset => LastOffset + 1;

    public bool IsTransactional => (Attributes & TransactionalBit) != 0;

    public bool IsControl => (Attributes & ControlBit) != 0;

    public bool HasDeleteHorizon => (Attributes & DeleteHorizonBit) != 0;

    public bool IsLogAppendTime => (Attributes & LogAppendTimeBit) != 0;

    public int Codec => Attributes & 0x07;

    public bool HasProducerId => ProducerId > -1;

    /// <summary>Sequences wrap from 2^31-1 to 0.</summary>
    public int LastSequence => BaseSequence == -1 ? -1 : Sequence(BaseSequence, LastOffsetDelta);

    /// <summary>Advances a sequence with wrap.</summary>
    public static int Sequence(int sequence, int by) => sequence > int.MaxValue - by ? by - (int.MaxValue - sequence) - 1 : sequence + by;

    /// <summary>Reads a header; false when <paramref name="bytes"/> does not begin with the whole of one or its length cannot be right.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BatchHeader header)
    {
        header = default;
        if (bytes.Length < SizeUpToMagic)
        {
            return false;
        }

        var size = (long)BinaryPrimitives.ReadInt32BigEndian(bytes[8..]) + Overhead;
        var magic = bytes[16];
        var sizeMin = magic < 2 ? LegacySizeMin : Size;
        if (size < sizeMin || size > int.MaxValue || magic > 2 || bytes.Length < sizeMin)
        {
            return false;
        }

        header = new BatchHeader(bytes, (int)size);
        return true;
    }

    /// <summary>Whether the checksum over the whole batch is right.</summary>
    public bool IsIntact(ReadOnlySpan<byte> batch) => batch.Length >= SizeInBytes && (Magic < 2
        ? Crc32.Compute(batch[16..SizeInBytes]) == Crc
        : Crc32C.Compute(batch[21..SizeInBytes]) == Crc && Count >= 0 && LastOffsetDelta >= 0);
}
