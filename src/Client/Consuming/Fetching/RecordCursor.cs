using System.Runtime.CompilerServices;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>Where the records of a chunk are gone over: a place in one slice. A mutable struct; one thread.</summary>
internal struct RecordCursor
{
    private readonly FetchedChunk _chunk;
    private RecordSlice _slice;
    private int _sliceIndex;
    private int _position;
    private int _left;

    public RecordCursor(FetchedChunk chunk)
    {
        _chunk = chunk;
        _sliceIndex = -1;
    }

    /// <summary>Reads the next record; false after the last of the chunk.</summary>
    /// <exception cref="KafkaException">The bytes are no record: CORRUPT_MESSAGE.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext(out ConsumeRecord record)
    {
        if (_left == 0 && !NextSlice())
        {
            record = default;
            return false;
        }

        _left--;
        Read(out record);
        return true;
    }

    private bool NextSlice()
    {
        while (++_sliceIndex < _chunk.SliceCount)
        {
            _slice = _chunk.Slices[_sliceIndex];
            _position = _slice.Start;
            _left = _slice.Count;
            if (_left > 0)
            {
                return true;
            }
        }

        _sliceIndex = _chunk.SliceCount;
        return false;
    }

    private void Read(out ConsumeRecord record)
    {
        var bytes = _slice.Bytes.AsSpan(0, _slice.End);
        var position = _position;
        var size = ReadInt32(bytes, ref position);
        var end = position + size;
        if (size < 0 || (uint)end > (uint)bytes.Length)
        {
            Throw("its length");
        }

        bytes = bytes[..end];
        position++;
        var timestampDelta = ReadInt64(bytes, ref position);
        var offsetDelta = ReadInt32(bytes, ref position);
        var keyLength = ReadInt32(bytes, ref position);
        var keyAt = position;
        position += Math.Max(keyLength, 0);
        if (keyLength < -1 || (uint)position > (uint)end)
        {
            Throw("the length of its key");
        }

        var valueLength = ReadInt32(bytes, ref position);
        var valueAt = position;
        position += Math.Max(valueLength, 0);
        if (valueLength < -1 || (uint)position > (uint)end)
        {
            Throw("the length of its value");
        }

        var headersCount = ReadInt32(bytes, ref position);
        if (headersCount < 0 || headersCount > end - position)
        {
            Throw("the number of its headers");
        }

        _position = end;
        record = new ConsumeRecord(
            _chunk.State,
            _slice.Bytes,
            _slice.BaseOffset + offsetDelta,
            _slice.HasAppendTime ? _slice.AppendTimestamp : _slice.BaseTimestamp + timestampDelta,
            _slice.LeaderEpoch,
            keyAt,
            keyLength,
            valueAt,
            valueLength,
            position,
            end,
            headersCount,
            _slice.HasAppendTime);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int ReadInt32(ReadOnlySpan<byte> bytes, ref int position)
    {
        if ((uint)position < (uint)bytes.Length && bytes[position] < 0x80)
        {
            int raw = bytes[position++];
            return (raw >> 1) ^ -(raw & 1);
        }

        return (int)ReadInt64(bytes, ref position);
    }

    private readonly long ReadInt64(ReadOnlySpan<byte> bytes, ref int position)
    {
        var size = (uint)position <= (uint)bytes.Length ? VarInt.ReadSigned64(bytes[position..], out var value) : VarInt.ReadSigned64([], out value);
        if (size == 0)
        {
            Throw("a number in it");
        }

        position += size;
        return value;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private readonly void Throw(string what) => throw new KafkaException(
        ErrorCode.CorruptMessage, $"a record of {_chunk.State.Partition} in the batch at offset {_slice.BaseOffset} is malformed: {what} cannot be; seek beyond it to go on");
}
