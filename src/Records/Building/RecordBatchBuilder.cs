using System.Buffers.Binary;
using Moldau.Core;

namespace Moldau.Records;

/// <summary>
/// Builds batches of magic 2, one after another, in buffers that it keeps: <see cref="Begin"/>, then records with growing offsets, then
/// <see cref="Build"/>. One thread at a time; dispose it to give the buffers back. What breaks the format is a bug of the caller and throws
/// <see cref="ArgumentException"/>.
/// </summary>
public sealed class RecordBatchBuilder : IDisposable
{
    private readonly PooledBuffer _batch = new();
    private readonly PooledBuffer _uncompressed = new();
    private RecordBatchOptions _options = new();
    private PooledBuffer _records;
    private long _baseTimestamp;
    private bool _hasBaseTimestamp;
    private long _lastOffset;

    public RecordBatchBuilder() => _records = _batch;

    /// <summary>The records in the batch so far.</summary>
    public int RecordsCount { get; private set; }

    /// <summary>The largest timestamp of the records so far, in ms since the epoch; -1 for none.</summary>
    public long MaxTimestamp { get; private set; }

    /// <summary>The bytes that header and records take so far, not compressed.</summary>
    public int UncompressedSizeBytes => _records == _batch ? _batch.Length : RecordBatchLayout.HeaderBytes + _uncompressed.Length;

    /// <summary>The offset that <see cref="Append(long, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?, ReadOnlySpan{RecordHeader})"/> gives next.</summary>
    public long NextOffset => _lastOffset + 1;

    /// <summary>Forgets what was built and begins a batch.</summary>
    public void Begin(in RecordBatchOptions options)
    {
        _options = options;
        _batch.Reset();
        _uncompressed.Reset();
        _batch.RoomAtLeast(RecordBatchLayout.HeaderBytes)[..RecordBatchLayout.HeaderBytes].Clear();
        _batch.Advance(RecordBatchLayout.HeaderBytes);
        _records = options.Compression.Type == CompressionType.None ? _batch : _uncompressed;
        _hasBaseTimestamp = options.DeleteHorizonMs is not null;
        _baseTimestamp = options.DeleteHorizonMs ?? RecordBatchLayout.NoTimestamp;
        _lastOffset = options.BaseOffset - 1;
        RecordsCount = 0;
        MaxTimestamp = RecordBatchLayout.NoTimestamp;
    }

    /// <summary>As the other overload; an array that is null would turn into an empty key or value there.</summary>
    public void Append(long timestamp, byte[]? key, byte[]? value, ReadOnlySpan<RecordHeader> headers = default) =>
        Append(timestamp, key is null ? null : (ReadOnlyMemory<byte>?)key, value is null ? null : (ReadOnlyMemory<byte>?)value, headers);

    /// <summary>Appends a record at the next offset. Null is a key or value that is not there, which differs from an empty one.</summary>
    public void Append(long timestamp, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, ReadOnlySpan<RecordHeader> headers = default)
    {
        CheckNext(NextOffset, timestamp);
        int headersSize = VarInt.SizeOfSigned32(headers.Length);
        foreach (ref readonly var header in headers)
        {
            headersSize += SizeOf(true, header.Key.Length) + SizeOf(header.Value is not null, header.Value.GetValueOrDefault().Length);
        }

        AppendUpToHeaders(
            NextOffset, timestamp, key is not null, key.GetValueOrDefault().Span, value is not null, value.GetValueOrDefault().Span, headersSize);
        WriteVarInt(headers.Length);
        foreach (ref readonly var header in headers)
        {
            WriteBytes(true, header.Key.Span);
            WriteBytes(header.Value is not null, header.Value.GetValueOrDefault().Span);
        }
    }

    /// <summary>Appends a record that was read, at an offset that is greater than the last.</summary>
    public void Append(long offset, scoped in RecordView record)
    {
        CheckNext(offset, record.Timestamp);
        AppendUnchecked(offset, in record);
    }

    /// <summary>The same for records of a log, which may hold what Kafka once stored: equal offsets within a batch, negative timestamps.</summary>
    internal void AppendUnchecked(long offset, scoped in RecordView record)
    {
        int headersSize = VarInt.SizeOfSigned32(record.HeadersCount);
        foreach (var header in record.Headers)
        {
            headersSize += SizeOf(true, header.Key.Length) + SizeOf(header.HasValue, header.Value.Length);
        }

        AppendUpToHeaders(offset, record.Timestamp, record.HasKey, record.Key, record.HasValue, record.Value, headersSize);
        WriteVarInt(record.HeadersCount);
        foreach (var header in record.Headers)
        {
            WriteBytes(true, header.Key);
            WriteBytes(header.HasValue, header.Value);
        }
    }

    /// <summary>
    /// Finishes the batch: compression, header, checksum. The bytes are good until the next <see cref="Begin"/>. With <paramref name="lastOffset"/> the
    /// batch keeps that last offset whatever records it has, as compaction needs.
    /// </summary>
    public ReadOnlySpan<byte> Build(long? lastOffset = null) => Finish(lastOffset ?? _lastOffset).Written;

    /// <summary>As <see cref="Build"/>, in an array of its own.</summary>
    public byte[] BuildArray() => Build().ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _uncompressed.Dispose();
    }

    /// <summary>As <see cref="Build"/>, in an array from the shared pool which the caller returns.</summary>
    internal byte[] BuildPooled(out int sizeBytes)
    {
        sizeBytes = Finish(_lastOffset).Length;
        return _batch.Detach();
    }

    /// <summary>Appends a batch without records that keeps the place of one whose records are all gone, and its producer's state.</summary>
    internal static void WriteEmpty(PooledBuffer destination, RecordBatchHeader original)
    {
        var batch = destination.RoomAtLeast(RecordBatchLayout.HeaderBytes)[..RecordBatchLayout.HeaderBytes];
        original.Bytes[..RecordBatchLayout.HeaderBytes].CopyTo(batch);
        int attributes = original.Attributes
            & (RecordBatchLayout.TimestampTypeMask | RecordBatchLayout.TransactionalMask | RecordBatchLayout.ControlMask);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.Length..], batch.Length - RecordBatchLayout.LogOverheadBytes);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], (short)attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseTimestamp..], RecordBatchLayout.NoTimestamp);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.RecordsCount..], 0);
        RecordBatchPatch.WriteCrc(batch);
        destination.Advance(batch.Length);
    }

    private static int SizeOf(bool isPresent, int length) => isPresent ? VarInt.SizeOfSigned32(length) + length : 1;

    private void CheckNext(long offset, long timestamp)
    {
        if (offset <= _lastOffset)
        {
            throw new ArgumentException($"offset {offset} does not come after {_lastOffset}", nameof(offset));
        }

        if (timestamp < RecordBatchLayout.NoTimestamp)
        {
            throw new ArgumentException($"timestamp {timestamp} is negative", nameof(timestamp));
        }
    }

    private void AppendUpToHeaders(
        long offset, long timestamp, bool hasKey, ReadOnlySpan<byte> key, bool hasValue, ReadOnlySpan<byte> value, int headersSize)
    {
        if (!_hasBaseTimestamp)
        {
            _baseTimestamp = timestamp;
            _hasBaseTimestamp = true;
        }

        var offsetDelta = checked((int)(offset - _options.BaseOffset));
        long timestampDelta = timestamp - _baseTimestamp;
        WriteVarInt(checked(1 + VarInt.SizeOfSigned64(timestampDelta) + VarInt.SizeOfSigned32(offsetDelta)
            + SizeOf(hasKey, key.Length) + SizeOf(hasValue, value.Length) + headersSize));
        var room = _records.RoomAtLeast(1 + VarInt.SizeMax64);
        room[0] = 0;
        _records.Advance(1 + VarInt.WriteSigned64(room[1..], timestampDelta));
        WriteVarInt(offsetDelta);
        WriteBytes(hasKey, key);
        WriteBytes(hasValue, value);
        _lastOffset = offset;
        RecordsCount++;
        MaxTimestamp = Math.Max(MaxTimestamp, timestamp);
    }

    private PooledBuffer Finish(long lastOffset)
    {
        if (_records != _batch)
        {
            _options.Compression.Compress(_uncompressed.Written, _batch);
        }

        var batch = _batch.WrittenMutable;
        BinaryPrimitives.WriteInt64BigEndian(batch, _options.BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.Length..], batch.Length - RecordBatchLayout.LogOverheadBytes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], _options.PartitionLeaderEpoch);
        batch[RecordBatchLayout.Magic] = (byte)RecordBatchLayout.CurrentMagic;
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], Attributes());
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.LastOffsetDelta..], checked((int)(lastOffset - _options.BaseOffset)));
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseTimestamp..], _baseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(
            batch[RecordBatchLayout.MaxTimestamp..],
            _options.TimestampType == TimestampType.LogAppendTime ? _options.LogAppendTimeMs : MaxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.ProducerId..], _options.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.ProducerEpoch..], _options.ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.BaseSequence..], _options.BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.RecordsCount..], RecordsCount);
        RecordBatchPatch.WriteCrc(batch);
        return _batch;
    }

    private short Attributes()
    {
        int attributes = (int)_options.Compression.Type;
        attributes |= _options.TimestampType == TimestampType.LogAppendTime ? RecordBatchLayout.TimestampTypeMask : 0;
        attributes |= _options.IsTransactional ? RecordBatchLayout.TransactionalMask : 0;
        attributes |= _options.IsControl ? RecordBatchLayout.ControlMask : 0;
        attributes |= _options.DeleteHorizonMs is not null ? RecordBatchLayout.DeleteHorizonMask : 0;
        return (short)attributes;
    }

    private void WriteVarInt(int value) => _records.Advance(VarInt.WriteSigned32(_records.RoomAtLeast(VarInt.SizeMax32), value));

    private void WriteBytes(bool isPresent, ReadOnlySpan<byte> bytes)
    {
        WriteVarInt(isPresent ? bytes.Length : -1);
        _records.Write(bytes);
    }
}
