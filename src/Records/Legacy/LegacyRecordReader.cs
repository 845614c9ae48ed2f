using System.Buffers.Binary;

namespace Moldau.Records;

/// <summary>
/// Goes over a batch of magic 0 or 1: one message, or the messages that a compressed one wraps. In magic 1 their offsets are relative and the wrapper has
/// that of the last, so the last is looked for first.
/// </summary>
internal ref struct LegacyRecordReader
{
    private readonly bool _isWrapped;
    private readonly long _offsetShift;
    private readonly long? _logAppendTime;
    private ReadOnlySpan<byte> _rest;

    private LegacyRecordReader(ReadOnlySpan<byte> messages, bool isWrapped, long offsetShift, long? logAppendTime)
    {
        _rest = messages;
        _isWrapped = isWrapped;
        _offsetShift = offsetShift;
        _logAppendTime = logAppendTime;
    }

    /// <summary>Opens the batch; throws <see cref="RecordException"/> when it wraps nothing that can be read.</summary>
    public static LegacyRecordReader Open(RecordBatchHeader batch, RecordDecompressor decompressor, int batchBytesMax)
    {
        var record = LegacyRecord.Of(batch.Bytes);
        if (!batch.IsCompressed)
        {
            return new LegacyRecordReader(batch.Bytes, isWrapped: false, offsetShift: 0, logAppendTime: null);
        }

        if (batch.CompressionType == CompressionType.Zstd)
        {
            throw new InvalidRecordException($"a message of magic {batch.Magic} cannot be compressed with zstd");
        }

        record.ReadKey(out _, out int keyEnd);
        var value = record.ReadValue(keyEnd, out bool hasValue);
        if (!hasValue)
        {
            throw new InvalidRecordException($"the compressed message of magic {batch.Magic} at offset {batch.BaseOffset} has no value");
        }

        var messages = decompressor.Decompress(batch.CompressionType, value, batch.Magic, out var failure, batchBytesMax);
        long? lastInner = LastOffset(messages);
        if (failure is not null)
        {
            throw failure;
        }

        if (lastInner is not { } last)
        {
            throw new InvalidRecordException($"the compressed message of magic {batch.Magic} at offset {batch.BaseOffset} wraps no message");
        }

        long? logAppendTime = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : null;
        return new LegacyRecordReader(messages, isWrapped: true, ShiftOf(batch, last), logAppendTime);
    }

    /// <summary>Reads the next message into <paramref name="current"/>; false after the last.</summary>
    public bool MoveNext(ref RecordView current)
    {
        if (!TryTake(ref _rest, out var bytes))
        {
            return false;
        }

        var record = LegacyRecord.Of(bytes);
        if (_isWrapped && record.CompressionType != CompressionType.None)
        {
            throw new InvalidRecordException("a message within a compressed message is compressed again");
        }

        current.Offset = record.Offset + _offsetShift;
        current.Timestamp = record.Magic == 0 ? RecordBatchLayout.NoTimestamp : _logAppendTime ?? record.Timestamp;
        current.Sequence = RecordBatchLayout.NoSequence;
        current.Attributes = record.Attributes;
        current.SizeBytes = bytes.Length;
        current.Key = record.ReadKey(out bool hasKey, out int keyEnd);
        current.HasKey = hasKey;
        current.Value = record.ReadValue(keyEnd, out bool hasValue);
        current.HasValue = hasValue;
        current.HeadersCount = 0;
        current.HeaderBytes = default;
        return true;
    }

    private static long ShiftOf(RecordBatchHeader wrapper, long lastInner)
    {
        // Some versions of librdkafka sent relative offsets under a wrapper at offset 0.
        if (wrapper.Magic == 0 || wrapper.BaseOffset == 0)
        {
            return 0;
        }

        return wrapper.BaseOffset >= lastInner
            ? wrapper.BaseOffset - lastInner
            : throw new InvalidRecordException(
                $"the compressed message at offset {wrapper.BaseOffset} wraps a message with the greater relative offset {lastInner}");
    }

    private static long? LastOffset(ReadOnlySpan<byte> messages)
    {
        long? last = null;
        while (TryTake(ref messages, out var message))
        {
            last = BinaryPrimitives.ReadInt64BigEndian(message);
        }

        return last;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (rest.Length < RecordBatchLayout.LogOverheadBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(rest[RecordBatchLayout.Length..]);
        if (length < RecordBatchHeader.LengthMin)
        {
            throw new CorruptRecordException($"the length {length} of a message is less than {RecordBatchHeader.LengthMin}");
        }

        if (length > rest.Length - RecordBatchLayout.LogOverheadBytes)
        {
            return false;
        }

        int size = RecordBatchLayout.LogOverheadBytes + length;
        message = rest[..size];
        rest = rest[size..];
        return true;
    }
}
