using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Moldau.Core;

namespace Moldau.Records;

/// <summary>
/// Goes over the records of one batch of any magic, plain or compressed, without copying or allocating per record.
/// Make one by <see cref="Open"/>. Whatever the bytes are, it throws nothing but <see cref="RecordException"/>. It does not look at the checksum.
/// </summary>
public ref struct RecordReader
{
    /// <summary>The largest record body that Kafka reads: the longest array Java allocates.</summary>
    public const int RecordBytesMaxDefault = int.MaxValue - 8;

    private readonly ReadOnlySpan<byte> _payload;
    private readonly RecordException? _payloadFailure;
    private readonly bool _isCompressed;
    private readonly RecordReadMode _mode;
    private readonly int _recordBytesMax;
    private readonly long _baseOffset;
    private readonly long _baseTimestamp;
    private readonly long _logAppendTime;
    private readonly bool _hasLogAppendTime;
    private readonly int _baseSequence;
    private LegacyRecordReader _legacy;
    private readonly bool _isLegacy;
    private int _position;
    private int _left;
    private RecordView _current;

    private RecordReader(
        RecordBatchHeader batch, ReadOnlySpan<byte> payload, RecordException? payloadFailure, RecordReadMode mode, int recordBytesMax)
    {
        _payload = payload;
        _payloadFailure = payloadFailure;
        _isCompressed = batch.IsCompressed;
        _mode = _isCompressed ? mode : RecordReadMode.Strict;
        _recordBytesMax = _isCompressed ? recordBytesMax : int.MaxValue;
        _baseOffset = batch.BaseOffset;
        _baseTimestamp = batch.BaseTimestamp;
        _hasLogAppendTime = batch.TimestampType == TimestampType.LogAppendTime;
        _logAppendTime = batch.MaxTimestamp;
        _baseSequence = batch.BaseSequence;
        _left = batch.RecordsCount;
    }

    private RecordReader(LegacyRecordReader legacy)
    {
        _isLegacy = true;
        _legacy = legacy;
    }

    /// <summary>The current record.</summary>
    [UnscopedRef]
    public readonly ref readonly RecordView Current => ref _current;

    /// <summary>
    /// Opens the records of a whole batch. When it is compressed, <paramref name="decompressor"/> holds its content: do not use it for another batch
    /// before this one is read. Throws <see cref="RecordException"/> when the batch cannot have records.
    /// </summary>
    /// <param name="batch">The whole batch.</param>
    /// <param name="decompressor">Decompresses the content.</param>
    /// <param name="mode">How closely to look at compressed records.</param>
    /// <param name="recordBytesMax">The longest record body in a compressed batch: <c>max.decompressed.message.bytes</c>.</param>
    /// <param name="batchBytesMax">The most that the batch may decompress to.</param>
    public static RecordReader Open(
        RecordBatchHeader batch,
        RecordDecompressor decompressor,
        RecordReadMode mode = RecordReadMode.Strict,
        int recordBytesMax = RecordBytesMaxDefault,
        int batchBytesMax = RecordDecompressor.BatchBytesMaxDefault)
    {
        if (batch.IsLegacy)
        {
            return new RecordReader(LegacyRecordReader.Open(batch, decompressor, batchBytesMax));
        }

        CheckHeader(batch);
        if (batch.RecordsCount == 0 || !batch.IsCompressed)
        {
            return new RecordReader(batch, batch.Payload, null, mode, recordBytesMax);
        }

        var payload = decompressor.Decompress(batch.CompressionType, batch.Payload, batch.Magic, out var failure, batchBytesMax);
        return new RecordReader(batch, payload, failure, mode, recordBytesMax);
    }

    /// <summary>Opens the records of a whole batch of magic 2 that is not compressed.</summary>
    public static RecordReader OpenPlain(RecordBatchHeader batch)
    {
        CheckHeader(batch);
        Invariant.That(!batch.IsCompressed && !batch.IsLegacy);
        return new RecordReader(batch, batch.Payload, null, RecordReadMode.Strict, RecordBytesMaxDefault);
    }

    /// <summary>Goes to the next record; false after the last. Throws <see cref="RecordException"/> when there is no good one where one should be.</summary>
    public bool MoveNext()
    {
        if (_isLegacy)
        {
            return _legacy.MoveNext(ref _current);
        }

        if (_left == 0)
        {
            return false;
        }

        _left--;
        ReadRecord();
        if (_left == 0)
        {
            CheckEnd();
        }

        return true;
    }

    private static void CheckHeader(RecordBatchHeader batch)
    {
        if (batch.Bytes.Length < RecordBatchLayout.HeaderBytes)
        {
            throw new CorruptRecordException($"a record batch of {batch.Bytes.Length} bytes is shorter than its header");
        }

        if (batch.CompressionType > CompressionType.Zstd)
        {
            throw RecordDecompressor.UnknownType(batch.CompressionType);
        }

        if (batch.RecordsCount < 0)
        {
            throw new InvalidRecordException($"the record batch at offset {batch.BaseOffset} says that it has {batch.RecordsCount} records");
        }
    }

    private readonly void CheckEnd()
    {
        if (_position < _payload.Length)
        {
            throw new InvalidRecordException(
                $"the record batch at offset {_baseOffset} has {_payload.Length - _position} bytes after the last record that it counts");
        }

        if (_payloadFailure is not null)
        {
            throw _payloadFailure;
        }
    }

    private void ReadRecord()
    {
        int start = _position;
        int bodySize = ReadVarInt(_payload);
        if (_isCompressed && (bodySize < 0 || bodySize > _recordBytesMax))
        {
            throw new InvalidRecordException($"a record claims {bodySize} bytes; from 0 to {_recordBytesMax} are allowed");
        }

        bool isStrict = _mode == RecordReadMode.Strict;
        int bodyStart = _position;
        if (isStrict && (uint)bodySize > (uint)(_payload.Length - bodyStart))
        {
            throw EndOfBytes(bodySize);
        }

        var bytes = isStrict ? _payload[..(bodyStart + bodySize)] : _payload;
        _current.SizeBytes = bodyStart - start + bodySize;
        ReadFields(bytes);
        if (isStrict && _position != bytes.Length)
        {
            throw new InvalidRecordException($"a record claims {bodySize} bytes, its fields take {_position - bodyStart}");
        }
    }

    private void ReadFields(ReadOnlySpan<byte> bytes)
    {
        if (_position >= bytes.Length)
        {
            throw EndOfBytes(1);
        }

        _current.Attributes = bytes[_position++];
        int read = VarInt.ReadSigned64(bytes[_position..], out long timestampDelta);
        if (read == 0)
        {
            throw BadVarInt(bytes, VarInt.SizeMax64);
        }

        _position += read;
        int offsetDelta = ReadVarInt(bytes);
        _current.Timestamp = _hasLogAppendTime ? _logAppendTime : _baseTimestamp + timestampDelta;
        _current.Offset = _baseOffset + offsetDelta;
        _current.Sequence = _baseSequence >= 0 ? Sequences.Increment(_baseSequence, offsetDelta) : RecordBatchLayout.NoSequence;
        _current.Key = ReadBytes(bytes, out bool hasKey);
        _current.HasKey = hasKey;
        _current.Value = ReadBytes(bytes, out bool hasValue);
        _current.HasValue = hasValue;
        int headersCount = ReadVarInt(bytes);
        if (headersCount < 0 || (_mode == RecordReadMode.Strict && headersCount > bytes.Length - _position))
        {
            throw new InvalidRecordException($"a record claims {headersCount} headers where {bytes.Length - _position} bytes are left");
        }

        int headersStart = _position;
        for (int i = 0; i < headersCount; i++)
        {
            ReadBytes(bytes, out bool hasHeaderKey);
            if (!hasHeaderKey)
            {
                throw new InvalidRecordException("the key of a record header has a negative length");
            }

            ReadBytes(bytes, out _);
        }

        _current.HeadersCount = headersCount;
        _current.HeaderBytes = bytes[headersStart.._position];
    }

    private ReadOnlySpan<byte> ReadBytes(ReadOnlySpan<byte> bytes, out bool isPresent)
    {
        int length = ReadVarInt(bytes);
        isPresent = length >= 0;
        if (length <= 0)
        {
            return default;
        }

        if (length > bytes.Length - _position)
        {
            throw EndOfBytes(length);
        }

        var taken = bytes.Slice(_position, length);
        _position += length;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadVarInt(ReadOnlySpan<byte> bytes)
    {
        int position = _position;
        if ((uint)position < (uint)bytes.Length && bytes[position] < 0x80)
        {
            int raw = bytes[position];
            _position = position + 1;
            return (raw >> 1) ^ -(raw & 1);
        }

        return ReadLongVarInt(bytes);
    }

    private int ReadLongVarInt(ReadOnlySpan<byte> bytes)
    {
        int read = VarInt.ReadSigned32(bytes[_position..], out int value);
        if (read == 0)
        {
            throw BadVarInt(bytes, VarInt.SizeMax32);
        }

        _position += read;
        return value;
    }

    private readonly RecordException BadVarInt(ReadOnlySpan<byte> bytes, int sizeMax) =>
        bytes.Length - _position < sizeMax ? EndOfBytes(1) : new InvalidRecordException("a number in a record has too many bytes");

    /// <summary>What is wrong when bytes are missing: the stream they should come from, or a field that claims too many.</summary>
    private readonly RecordException EndOfBytes(int wanted) => _payloadFailure ?? new InvalidRecordException(
        $"a record at offset {_baseOffset} or after it ends too early: {wanted} bytes are wanted at byte {_position} of {_payload.Length}");
}
