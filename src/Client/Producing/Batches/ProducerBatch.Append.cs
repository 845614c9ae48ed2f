using System.Runtime.CompilerServices;
using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client;

/// <content>Writing records: the one place where the producer works for each of them.</content>
internal sealed partial class ProducerBatch
{
    /// <summary>The most that a record takes beyond key, value and headers.</summary>
    public const int RecordOverheadBytesMax = VarInt.SizeMax32 + 1 + VarInt.SizeMax64 + (4 * VarInt.SizeMax32);

    private int _limitBytes;

    /// <summary>Whether so many bytes have been written that it should go out.</summary>
    public bool IsFull => IsClosed || PlainSizeBytes >= _limitBytes;

    /// <summary>What is left for records.</summary>
    public int RoomBytes => _limitBytes - PlainSizeBytes;

    /// <summary>The bytes of headers in a record, their count included.</summary>
    public static int HeadersSize(ReadOnlySpan<RecordHeader> headers)
    {
        int size = VarInt.SizeOfSigned32(headers.Length);
        foreach (ref readonly RecordHeader header in headers)
        {
            size += VarInt.SizeOfSigned32(header.Key.Length) + header.Key.Length;
            size += header.Value is { } value ? VarInt.SizeOfSigned32(value.Length) + value.Length : 1;
        }

        return size;
    }

    /// <summary>Appends a record; false when there is no room for it. Whatever its size, the first record fits when the buffer was made for it.</summary>
    public bool TryAppend(long timestamp, scoped in RecordParts record, int headersSize)
    {
        long timestampDelta = RecordsCount == 0 ? 0 : timestamp - BaseTimestamp;
        int bodySize = 1 + VarInt.SizeOfSigned64(timestampDelta) + VarInt.SizeOfSigned32(RecordsCount) + headersSize
            + (record.HasKey ? VarInt.SizeOfSigned32(record.Key.Length) + record.Key.Length : 1)
            + (record.HasValue ? VarInt.SizeOfSigned32(record.Value.Length) + record.Value.Length : 1);
        int size = VarInt.SizeOfSigned32(bodySize) + bodySize;
        if (size > RoomBytes)
        {
            return false;
        }

        Span<byte> room = Buffer.AsSpan(PlainSizeBytes, size);
        int at = StartRecord(room, bodySize, timestampDelta);
        at += Write(room[at..], record.HasKey, record.Key);
        at += Write(room[at..], record.HasValue, record.Value);
        if (record.Headers.IsEmpty)
        {
            room[at] = 0;
        }
        else
        {
            WriteHeaders(room[at..], record.Headers);
        }

        Count(timestamp, size);
        return true;
    }

    /// <summary>Appends a record whose key, value and headers are encoded already; false when there is no room for it.</summary>
    public bool TryAppendRaw(long timestamp, ReadOnlySpan<byte> afterDeltas)
    {
        long timestampDelta = RecordsCount == 0 ? 0 : timestamp - BaseTimestamp;
        int bodySize = 1 + VarInt.SizeOfSigned64(timestampDelta) + VarInt.SizeOfSigned32(RecordsCount) + afterDeltas.Length;
        int size = VarInt.SizeOfSigned32(bodySize) + bodySize;
        if (size > RoomBytes)
        {
            return false;
        }

        Span<byte> room = Buffer.AsSpan(PlainSizeBytes, size);
        afterDeltas.CopyTo(room[StartRecord(room, bodySize, timestampDelta)..]);
        Count(timestamp, size);
        return true;
    }

    /// <summary>Writes what comes before the key, and returns its size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int StartRecord(Span<byte> room, int bodySize, long timestampDelta)
    {
        int at = VarInt.WriteSigned32(room, bodySize);
        room[at++] = 0;
        at += VarInt.WriteSigned64(room[at..], timestampDelta);
        return at + VarInt.WriteSigned32(room[at..], RecordsCount);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Count(long timestamp, int size)
    {
        if (RecordsCount == 0)
        {
            BaseTimestamp = timestamp;
        }

        MaxTimestamp = Math.Max(MaxTimestamp, timestamp);
        RecordsCount++;
        PlainSizeBytes += size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Write(Span<byte> room, bool isPresent, ReadOnlySpan<byte> bytes)
    {
        if (!isPresent)
        {
            room[0] = 1;
            return 1;
        }

        int size = VarInt.WriteSigned32(room, bytes.Length);
        bytes.CopyTo(room[size..]);
        return size + bytes.Length;
    }

    private static void WriteHeaders(Span<byte> room, ReadOnlySpan<RecordHeader> headers)
    {
        int at = VarInt.WriteSigned32(room, headers.Length);
        foreach (ref readonly RecordHeader header in headers)
        {
            at += Write(room[at..], true, header.Key.Span);
            at += Write(room[at..], header.Value is not null, header.Value.GetValueOrDefault().Span);
        }
    }
}
