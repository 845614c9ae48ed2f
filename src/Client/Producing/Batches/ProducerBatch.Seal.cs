using System.Buffers;
using System.Buffers.Binary;
using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client;

/// <content>What makes a batch out of records: producer and sequence, compression, header, checksum.</content>
internal sealed partial class ProducerBatch
{
    private byte[]? _compressed;
    private int _compressedSizeBytes;
    private bool _isSealed;

    public long ProducerId { get; private set; }

    public short ProducerEpoch { get; private set; }

    /// <summary>The sequence of its first record; -1 until it is sent first, or for ever without idempotence.</summary>
    public int BaseSequence { get; private set; }

    public bool HasSequence => BaseSequence != RecordBatchLayout.NoSequence;

    /// <summary>The sequence of its last record.</summary>
    public int LastSequence => Sequences.Increment(BaseSequence, RecordsCount - 1);

    /// <summary>Grows with each batch of the partition that is sent first, so that those that come back find their place even where sequences begin again at 0.</summary>
    public long Order { get; set; }

    /// <summary>Whether its sequence was given anew after the broker had forgotten the producer, or the epoch had to rise.</summary>
    public bool SequenceHasBeenReset { get; private set; }

    public bool IsTransactional { get; private set; }

    /// <summary>The bytes to send; good after <see cref="Seal"/>.</summary>
    public ReadOnlyMemory<byte> Encoded => _compressed is { } compressed ? compressed.AsMemory(0, _compressedSizeBytes) : Buffer.AsMemory(0, PlainSizeBytes);

    /// <summary>What it takes in a request: the real size once it is sealed, before that the size without compression.</summary>
    public int EncodedSizeBytes => _compressed is null ? PlainSizeBytes : _compressedSizeBytes;

    /// <summary>Says who sends it and with which sequence. The bytes change with the next <see cref="Seal"/>.</summary>
    public void SetIdentity(long producerId, short producerEpoch, int baseSequence, bool isTransactional)
    {
        ProducerId = producerId;
        ProducerEpoch = producerEpoch;
        BaseSequence = baseSequence;
        IsTransactional = isTransactional;
        _isSealed = false;
    }

    /// <summary>As <see cref="SetIdentity"/>, for a batch that had another sequence.</summary>
    public void ResetIdentity(long producerId, short producerEpoch, int baseSequence)
    {
        SetIdentity(producerId, producerEpoch, baseSequence, IsTransactional);
        SequenceHasBeenReset = true;
    }

    /// <summary>Compresses the records when that was not done, and writes header and checksum when they are not right yet.</summary>
    public void Seal(RecordCompression compression)
    {
        Invariant.That(RecordsCount > 0);
        IsClosed = true;
        if (_isSealed)
        {
            return;
        }

        if (compression.Type != CompressionType.None && _compressed is null)
        {
            ReadOnlySpan<byte> records = Buffer.AsSpan(RecordBatchLayout.HeaderBytes, PlainSizeBytes - RecordBatchLayout.HeaderBytes);
            _compressed = compression.CompressPooled(records, RecordBatchLayout.HeaderBytes, out _compressedSizeBytes);
        }

        WriteHeader(_compressed is { } compressed ? compressed.AsSpan(0, _compressedSizeBytes) : Buffer.AsSpan(0, PlainSizeBytes), compression.Type);
        _isSealed = true;
    }

    private void WriteHeader(Span<byte> batch, CompressionType compression)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, 0);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.Length..], batch.Length - RecordBatchLayout.LogOverheadBytes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], RecordBatchLayout.NoPartitionLeaderEpoch);
        batch[RecordBatchLayout.Magic] = (byte)RecordBatchLayout.CurrentMagic;
        int attributes = (int)compression | (IsTransactional ? RecordBatchLayout.TransactionalMask : 0);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], (short)attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.LastOffsetDelta..], RecordsCount - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseTimestamp..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..], MaxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.ProducerId..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.ProducerEpoch..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.BaseSequence..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.RecordsCount..], RecordsCount);
        RecordBatchPatch.WriteCrc(batch);
    }

    private void ClearIdentity()
    {
        ReleaseCompressed();
        SetIdentity(RecordBatchLayout.NoProducerId, RecordBatchLayout.NoProducerEpoch, RecordBatchLayout.NoSequence, isTransactional: false);
        SequenceHasBeenReset = false;
        Order = 0;
    }

    private void ReleaseCompressed()
    {
        if (_compressed is { } compressed)
        {
            _compressed = null;
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }
}
