using System.Buffers;
using System.Runtime.InteropServices;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// Makes what was fetched ready to be handed out: compares checksums, leaves out control batches and what was aborted, decompresses, and begins at the offset that was asked for: an answer
/// begins with the whole batch that has it. Pure; any thread.
/// </summary>
internal static class ChunkBuilder
{
    private const int LegacyRecordBytesMin = 64;

    /// <summary>The offset after the whole batches of the bytes, and the epoch of the last; <paramref name="from"/> when there is none.</summary>
    /// <exception cref="CorruptRecordException">There is something that is no batch.</exception>
    public static (long NextOffset, int Epoch) End(ReadOnlySpan<byte> records, long from, int epoch)
    {
        foreach (var batch in new RecordBatchReader(records))
        {
            var header = new RecordBatchHeader(batch.Bytes);
            if (header.NextOffset > from)
            {
                from = header.NextOffset;
                epoch = header.PartitionLeaderEpoch;
            }
        }

        return (from, epoch);
    }

    /// <summary>Fills the chunk. What cannot be read ends it, and is the chunk's <see cref="FetchedChunk.Failure"/>.</summary>
    public static void Fill(FetchedChunk chunk, ReadOnlyMemory<byte> records, long fromOffset, AbortedTransactions? aborted, bool checksCrc)
    {
        MemoryMarshal.TryGetArray(records, out var segment);
        var reader = new RecordBatchReader(records.Span);
        try
        {
            while (reader.MoveNext())
            {
                var batch = reader.Current;
                if (checksCrc)
                {
                    batch.EnsureValid();
                }

                var isLeftOut = aborted?.IsAborted(batch) ?? false;
                if (!isLeftOut && !batch.IsControl && batch.NextOffset > fromOffset && batch.RecordsCount > 0)
                {
                    AddBatch(chunk, batch, segment.Array!, segment.Offset + reader.Position, fromOffset);
                }
            }
        }
        catch (RecordException corrupt)
        {
            chunk.Failure = new KafkaException(
                ErrorCode.CorruptMessage, $"what the broker sent of {chunk.State.Partition} from offset {fromOffset} on cannot be read: {corrupt.Message}; seek beyond it to go on", corrupt);
        }
    }

    private static void AddBatch(FetchedChunk chunk, RecordBatchHeader batch, byte[] bytes, int at, long fromOffset)
    {
        var slice = new RecordSlice
        {
            Bytes = bytes,
            Start = at + RecordBatchLayout.Records,
            End = at + batch.SizeBytes,
            Count = batch.RecordsCount,
            BaseOffset = batch.BaseOffset,
            BaseTimestamp = batch.BaseTimestamp,
            AppendTimestamp = batch.MaxTimestamp,
            HasAppendTime = batch.TimestampType == TimestampType.LogAppendTime,
            LeaderEpoch = batch.PartitionLeaderEpoch,
        };
        if (batch.IsLegacy)
        {
            slice = Rewrite(batch);
        }
        else if (batch.IsCompressed)
        {
            Decompress(batch, ref slice);
        }

        if (slice.IsRented)
        {
            chunk.SizeBytes += slice.End;
        }

        SkipBefore(chunk, ref slice, fromOffset);
        chunk.Add(slice);
    }

    private static void Decompress(RecordBatchHeader batch, ref RecordSlice slice)
    {
        using var decompressor = RecordDecompressor.Rent();
        var payload = decompressor.Decompress(batch.CompressionType, batch.Payload, batch.Magic, out var failure);
        if (failure is not null)
        {
            throw failure;
        }

        slice.Start = 0;
        slice.End = payload.Length;
        slice.Bytes = decompressor.Detach();
        slice.IsRented = true;
    }

    /// <summary>Moves the slice to the first record that is not before the offset.</summary>
    private static void SkipBefore(FetchedChunk chunk, ref RecordSlice slice, long fromOffset)
    {
        if (slice.BaseOffset >= fromOffset)
        {
            return;
        }

        var span = slice.Bytes.AsSpan(0, slice.End);
        while (slice.Count > 0)
        {
            var read = VarInt.ReadSigned32(span[slice.Start..], out var size);
            var position = slice.Start + read + 1;
            if (read == 0 || size < 0 || size > slice.End - slice.Start - read || position > slice.End)
            {
                break;
            }

            position += VarInt.ReadSigned64(span[position..], out _);
            VarInt.ReadSigned32(span[position..], out var offsetDelta);
            if (slice.BaseOffset + offsetDelta >= fromOffset)
            {
                break;
            }

            slice.Start += read + size;
            slice.Count--;
        }
    }

    /// <summary>Writes the records of an old format as those of a batch of today lie, so that one way of reading does.</summary>
    private static RecordSlice Rewrite(RecordBatchHeader batch)
    {
        using var decompressor = RecordDecompressor.Rent();
        var writer = new ArrayBufferWriter<byte>(batch.SizeBytes + LegacyRecordBytesMin);
        var reader = RecordReader.Open(batch, decompressor);
        var slice = new RecordSlice { BaseOffset = -1, BaseTimestamp = 0, LeaderEpoch = -1 };
        while (reader.MoveNext())
        {
            ref readonly var record = ref reader.Current;
            if (slice.BaseOffset < 0)
            {
                slice.BaseOffset = record.Offset;
            }

            WriteRecord(writer, record, (int)(record.Offset - slice.BaseOffset));
            slice.Count++;
        }

        slice.Bytes = ArrayPool<byte>.Shared.Rent(writer.WrittenCount);
        writer.WrittenSpan.CopyTo(slice.Bytes);
        slice.End = writer.WrittenCount;
        slice.IsRented = true;
        return slice;
    }

    private static void WriteRecord(ArrayBufferWriter<byte> writer, scoped in RecordView record, int offsetDelta)
    {
        var keyLength = record.HasKey ? record.Key.Length : -1;
        var valueLength = record.HasValue ? record.Value.Length : -1;
        var size = 1 + VarInt.SizeOfSigned64(record.Timestamp) + VarInt.SizeOfSigned32(offsetDelta) + VarInt.SizeOfSigned32(keyLength) + record.Key.Length
            + VarInt.SizeOfSigned32(valueLength) + record.Value.Length + 1;
        var span = writer.GetSpan(size + VarInt.SizeMax32);
        var at = VarInt.WriteSigned32(span, size);
        span[at++] = 0;
        at += VarInt.WriteSigned64(span[at..], record.Timestamp);
        at += VarInt.WriteSigned32(span[at..], offsetDelta);
        at += VarInt.WriteSigned32(span[at..], keyLength);
        record.Key.CopyTo(span[at..]);
        at += record.Key.Length;
        at += VarInt.WriteSigned32(span[at..], valueLength);
        record.Value.CopyTo(span[at..]);
        at += record.Value.Length;
        span[at++] = 0;
        writer.Advance(at);
    }
}
