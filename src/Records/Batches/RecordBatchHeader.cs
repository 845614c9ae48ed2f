using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Moldau.Core;

namespace Moldau.Records;

/// <summary>
/// A view of one record batch, or of its first <see cref="RecordBatchLayout.HeaderBytes"/> bytes: reads each field where it lies, checks and copies
/// nothing. Batches of magic 0 and 1 (old logs) can be seen through it as well; fields that they lack have Kafka's "none" values.
/// Make one over bytes that <see cref="RecordBatchReader"/> gave, or over a header whose size and magic were checked by <see cref="TryReadSize"/>.
/// </summary>
public readonly ref struct RecordBatchHeader(ReadOnlySpan<byte> batch)
{
    private const int LegacyCrc = 12;
    private const int LegacyAttributes = 17;
    private const int LegacyTimestamp = 18;
    private readonly ReadOnlySpan<byte> _batch = batch;

    /// <summary>The smallest length field there is: a record of magic 0 with neither key nor value.</summary>
    internal const int LengthMin = 14;

    /// <summary>The bytes that were given: the whole batch, or its header alone.</summary>
    public ReadOnlySpan<byte> Bytes => _batch;

    /// <summary>
    /// The offset of the first record as the batch was made (compaction may have removed that record). In a compressed batch of magic 0 or 1 the field
    /// holds the offset of the last record instead.
    /// </summary>
    public long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_batch);

    /// <summary>The offset of the last record as the batch was made.</summary>
    public long LastOffset => IsLegacy ? BaseOffset : BaseOffset + LastOffsetDelta;

    /// <summary>The offset after the batch.</summary>
    public long NextOffset => LastOffset + 1;

    /// <summary>The size of the whole batch by its length field, base offset and length field included.</summary>
    public int SizeBytes => RecordBatchLayout.LogOverheadBytes + Int32(RecordBatchLayout.Length);

    public int PartitionLeaderEpoch => IsLegacy ? RecordBatchLayout.NoPartitionLeaderEpoch : Int32(RecordBatchLayout.PartitionLeaderEpoch);

    public sbyte Magic => (sbyte)_batch[RecordBatchLayout.Magic];

    /// <summary>Whether the magic is 0 or 1.</summary>
    public bool IsLegacy => Magic < RecordBatchLayout.CurrentMagic;

    /// <summary>The checksum as stored: CRC-32C of all from the attributes on; CRC-32 in magic 0 and 1.</summary>
    public uint Crc => (uint)Int32(IsLegacy ? LegacyCrc : RecordBatchLayout.Crc);

    /// <summary>The attributes as stored, unused bits included.</summary>
    public short Attributes => IsLegacy ? _batch[LegacyAttributes] : Int16(RecordBatchLayout.Attributes);

    /// <summary>The compression by the attributes; may be a number that is no <see cref="Records.CompressionType"/>.</summary>
    public CompressionType CompressionType => (CompressionType)(Attributes & RecordBatchLayout.CompressionMask);

    public bool IsCompressed => CompressionType != CompressionType.None;

    public TimestampType TimestampType =>
        Magic == 0 ? TimestampType.NoTimestampType
        : (Attributes & RecordBatchLayout.TimestampTypeMask) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    public bool IsTransactional => !IsLegacy && (Attributes & RecordBatchLayout.TransactionalMask) != 0;

    /// <summary>Whether the records are control records: transaction markers or the Raft quorum's own.</summary>
    public bool IsControl => !IsLegacy && (Attributes & RecordBatchLayout.ControlMask) != 0;

    /// <summary>Whether <see cref="BaseTimestamp"/> is the time at which tombstones and markers of the batch may go (KIP-534).</summary>
    public bool HasDeleteHorizon => !IsLegacy && (Attributes & RecordBatchLayout.DeleteHorizonMask) != 0;

    /// <summary>When tombstones and markers of the batch may go, in ms since the epoch; null when that is not decided.</summary>
    public long? DeleteHorizonMs => HasDeleteHorizon ? BaseTimestamp : null;

    public int LastOffsetDelta => IsLegacy ? 0 : Int32(RecordBatchLayout.LastOffsetDelta);

    /// <summary>What the records' timestamp deltas count from, in ms since the epoch; also the delete horizon when there is one.</summary>
    public long BaseTimestamp => IsLegacy ? MaxTimestamp : Int64(RecordBatchLayout.BaseTimestamp);

    /// <summary>The largest timestamp of the records, or the append time, in ms since the epoch; -1 when there is none.</summary>
    public long MaxTimestamp => Magic switch
    {
        0 => RecordBatchLayout.NoTimestamp,
        1 => Int64(LegacyTimestamp),
        _ => Int64(RecordBatchLayout.MaxTimestamp),
    };

    public long ProducerId => IsLegacy ? RecordBatchLayout.NoProducerId : Int64(RecordBatchLayout.ProducerId);

    public bool HasProducerId => ProducerId > RecordBatchLayout.NoProducerId;

    public short ProducerEpoch => IsLegacy ? RecordBatchLayout.NoProducerEpoch : Int16(RecordBatchLayout.ProducerEpoch);

    public int BaseSequence => IsLegacy ? RecordBatchLayout.NoSequence : Int32(RecordBatchLayout.BaseSequence);

    /// <summary>The sequence of the last record; -1 when the batch has none.</summary>
    public int LastSequence => BaseSequence == RecordBatchLayout.NoSequence
        ? RecordBatchLayout.NoSequence
        : Sequences.Increment(BaseSequence, LastOffsetDelta);

    /// <summary>How many records the batch says it has. Magic 0 and 1 do not say: 1 there, also when that one wraps others.</summary>
    public int RecordsCount => IsLegacy ? 1 : Int32(RecordBatchLayout.RecordsCount);

    /// <summary>The records as they lie in the batch, compressed or not (magic 2).</summary>
    public ReadOnlySpan<byte> Payload => _batch[RecordBatchLayout.Records..];

    /// <summary>The size that a batch of this magic has at least.</summary>
    private int SizeMinBytes => IsLegacy ? RecordBatchLayout.LogOverheadBytes + LengthMin : RecordBatchLayout.HeaderBytes;

    /// <summary>The checksum computed over the bytes; all of the batch must be there.</summary>
    public uint ComputeCrc() => IsLegacy
        ? Crc32.Compute(_batch[RecordBatchLayout.Magic..SizeBytes])
        : Crc32C.Compute(_batch[RecordBatchLayout.Attributes..SizeBytes]);

    /// <summary>Whether the batch has at least a header's size and the checksum is right; all of the batch must be there.</summary>
    public bool IsValid => SizeBytes >= SizeMinBytes && Crc == ComputeCrc();

    /// <summary>Throws <see cref="CorruptRecordException"/> unless size and checksum are right; all of the batch must be there.</summary>
    public void EnsureValid()
    {
        if (SizeBytes < SizeMinBytes)
        {
            throw new CorruptRecordException($"the size {SizeBytes} of the record batch at offset {BaseOffset} is smaller than {SizeMinBytes}");
        }

        uint computed = ComputeCrc();
        if (Crc != computed)
        {
            throw new CorruptRecordException(
                $"the record batch at offset {BaseOffset} is corrupt: its checksum says {Crc}, its bytes give {computed}");
        }
    }

    /// <summary>
    /// Reads the size of the batch that begins at the start of <paramref name="bytes"/>, base offset and length field included. False when the bytes end
    /// before the magic. Throws <see cref="CorruptRecordException"/> when length or magic cannot be right.
    /// </summary>
    public static bool TryReadSize(ReadOnlySpan<byte> bytes, out int sizeBytes, int lengthMax = int.MaxValue - RecordBatchLayout.LogOverheadBytes)
    {
        sizeBytes = 0;
        if (bytes.Length < RecordBatchLayout.LogOverheadBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(bytes[RecordBatchLayout.Length..]);
        if (length < LengthMin || length > lengthMax)
        {
            throw new CorruptRecordException($"the length {length} of a record batch is not between {LengthMin} and {lengthMax}");
        }

        if (bytes.Length < RecordBatchLayout.BytesUpToMagic)
        {
            return false;
        }

        var magic = (sbyte)bytes[RecordBatchLayout.Magic];
        if (magic is < 0 or > RecordBatchLayout.CurrentMagic)
        {
            throw new CorruptRecordException($"the magic {magic} of a record batch is not between 0 and {RecordBatchLayout.CurrentMagic}");
        }

        sizeBytes = RecordBatchLayout.LogOverheadBytes + length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private short Int16(int at) => BinaryPrimitives.ReadInt16BigEndian(_batch[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Int32(int at) => BinaryPrimitives.ReadInt32BigEndian(_batch[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Int64(int at) => BinaryPrimitives.ReadInt64BigEndian(_batch[at..]);
}
