using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Moldau.Core;

namespace Moldau.Protocol;

/// <summary>
/// Writes the primitives of the protocol into one pooled buffer that grows. The writer owns the buffer until <see cref="Detach"/> or
/// <see cref="Dispose"/>; pass it by reference only.
/// </summary>
public ref struct MessageWriter
{
    private byte[] _buffer;
    private int _position;

    /// <summary>Rents a buffer that suits most messages.</summary>
    public MessageWriter()
        : this(512)
    {
    }

    /// <summary>Rents a buffer of at least that many bytes.</summary>
    public MessageWriter(int capacity)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 16));
        _position = 0;
    }

    /// <summary>Bytes written so far.</summary>
    public readonly int Position => _position;

    /// <summary>What has been written; valid until the next write.</summary>
    public readonly ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _position);

    /// <summary>What has been written; valid until the next write.</summary>
    public readonly ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _position);

    /// <summary>A copy of what has been written.</summary>
    public readonly byte[] ToArray() => WrittenSpan.ToArray();

    /// <summary>Hands the buffer over: the caller returns it to <see cref="ArrayPool{T}.Shared"/>. The writer must not be used again.</summary>
    public byte[] Detach(out int length)
    {
        byte[] buffer = _buffer;
        length = _position;
        _buffer = [];
        _position = 0;
        return buffer;
    }

    /// <summary>Returns the buffer to the pool.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        _buffer = [];
        _position = 0;
    }

    /// <summary>Forgets what has been written and keeps the buffer.</summary>
    public void Clear() => _position = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBoolean(bool value) => Next(1)[0] = value ? (byte)1 : (byte)0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt8(sbyte value) => Next(1)[0] = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Next(2), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Next(2), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Next(4), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Next(4), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Next(8), value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Next(8), value);

    public void WriteUuid(Uuid value) => value.Write(Next(Uuid.SizeBytes));

    public void WriteUnsignedVarint(int value)
    {
        if ((uint)value < 0x80)
        {
            Next(1)[0] = (byte)value;
            return;
        }
        Span<byte> target = Next(VarInt.SizeMax32);
        _position -= VarInt.SizeMax32 - VarInt.WriteUnsigned32(target, (uint)value);
    }

    /// <summary>Writes bytes as they are, without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value) => value.CopyTo(Next(value.Length));

    public void WriteString(string value, bool compact)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        if (length > short.MaxValue)
        {
            ThrowStringLength(length);
        }
        if (compact)
        {
            WriteUnsignedVarint(length + 1);
        }
        else
        {
            WriteInt16((short)length);
        }
        Encoding.UTF8.GetBytes(value, Next(length));
    }

    public void WriteNullableString(string? value, bool compact)
    {
        if (value is not null)
        {
            WriteString(value, compact);
        }
        else if (compact)
        {
            WriteUnsignedVarint(0);
        }
        else
        {
            WriteInt16(-1);
        }
    }

    public void WriteBytes(ReadOnlyMemory<byte> value, bool compact)
    {
        WriteArrayLength(value.Length, compact);
        WriteRaw(value.Span);
    }

    public void WriteNullableBytes(ReadOnlyMemory<byte>? value, bool compact)
    {
        if (value is { } bytes)
        {
            WriteBytes(bytes, compact);
        }
        else
        {
            WriteArrayLength(-1, compact);
        }
    }

    /// <summary>Writes the length of an array or of bytes; -1 stands for null.</summary>
    public void WriteArrayLength(int length, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint(length + 1);
        }
        else
        {
            WriteInt32(length);
        }
    }

    /// <summary>Begins a tagged field: its number, and room for its size. Pass what it returns to <see cref="EndTag"/>.</summary>
    public int BeginTag(int tag)
    {
        WriteUnsignedVarint(tag);
        Next(1)[0] = 0;
        return _position;
    }

    /// <summary>Ends a tagged field: fills in its size. One byte was kept for it; the rare longer field is moved on by the bytes that lack.</summary>
    public void EndTag(int start)
    {
        int size = _position - start;
        if (size < 0x80)
        {
            _buffer[start - 1] = (byte)size;
            return;
        }
        int more = VarInt.SizeOfUnsigned32((uint)size) - 1;
        Next(more);
        _buffer.AsSpan(start, size).CopyTo(_buffer.AsSpan(start + more));
        VarInt.WriteUnsigned32(_buffer.AsSpan(start - 1), (uint)size);
    }

    /// <summary>
    /// Writes the unknown tagged fields from <paramref name="index"/> on whose tag is below <paramref name="limit"/>, which is the next known tag, and
    /// returns the index of the first that was not written. Tags must ascend.
    /// </summary>
    public int WriteUnknownTaggedFields(List<RawTaggedField>? fields, int index, int limit)
    {
        if (fields is null)
        {
            return 0;
        }
        for (; index < fields.Count; index++)
        {
            RawTaggedField field = fields[index];
            if (index > 0 && fields[index - 1].Tag >= field.Tag)
            {
                ThrowTagOrder(field.Tag, fields[index - 1].Tag);
            }
            if (field.Tag >= limit)
            {
                if (field.Tag == limit)
                {
                    ThrowTagTaken(field.Tag);
                }
                return index;
            }
            WriteUnsignedVarint(field.Tag);
            WriteUnsignedVarint(field.Data.Length);
            WriteRaw(field.Data.Span);
        }
        return index;
    }

    /// <summary>Leaves room for an int32 that <see cref="PatchInt32"/> fills in, and returns its position.</summary>
    public int ReserveInt32()
    {
        Next(4);
        return _position - 4;
    }

    /// <summary>Overwrites four bytes that have been written before.</summary>
    public readonly void PatchInt32(int position, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(0, _position)[position..], value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Next(int size)
    {
        int start = _position;
        if (size > _buffer.Length - start)
        {
            Grow(size);
        }
        _position = start + size;
        return _buffer.AsSpan(start, size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size)
    {
        long wanted = Math.Max((long)_position + size, Math.Min(2L * _buffer.Length, Array.MaxLength));
        if (wanted > Array.MaxLength)
        {
            throw new ProtocolException($"a message of more than {Array.MaxLength} bytes cannot be written");
        }
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)wanted);
        _buffer.AsSpan(0, _position).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        _buffer = larger;
    }

    [DoesNotReturn]
    private static void ThrowStringLength(int length) =>
        throw new ProtocolException($"a string of {length} bytes cannot be written: {short.MaxValue} is the most");

    [DoesNotReturn]
    private static void ThrowTagOrder(int tag, int before) =>
        throw new ProtocolException($"the unknown tagged field {tag} comes after {before}: tags must ascend");

    [DoesNotReturn]
    private static void ThrowTagTaken(int tag) =>
        throw new ProtocolException($"the unknown tagged field {tag} cannot be written: the tag is taken or is the last number there is");
}
