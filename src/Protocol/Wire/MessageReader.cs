using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Moldau.Core;

namespace Moldau.Protocol;

/// <summary>
/// Reads the primitives of the protocol from one buffer, front to back. Byte fields are slices of the buffer. What it allocates is in proportion to
/// the bytes that remain, whatever lengths a peer claims. All failures are <see cref="ProtocolException"/>.
/// </summary>
public ref struct MessageReader
{
    /// <summary>No array has more elements, as in Kafka 4.4.</summary>
    public const int ArrayLengthMax = 1_000_000;

    /// <summary>No struct has more tagged fields, as in Kafka 4.4.</summary>
    public const int TaggedFieldsMax = 10_000;

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private int _position;

    public MessageReader(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        _span = memory.Span;
        _position = 0;
    }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _span.Length - _position;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadBoolean() => Take(1)[0] != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public sbyte ReadInt8() => (sbyte)Take(1)[0];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public Uuid ReadUuid() => Uuid.Read(Take(Uuid.SizeBytes));

    /// <summary>Reads an unsigned varint. Values above the signed range come out negative, as the lengths that Kafka reads do.</summary>
    public int ReadUnsignedVarint()
    {
        int size = VarInt.ReadUnsigned32(_span[_position..], out uint value);
        if (size == 0)
        {
            ThrowVarint();
        }
        _position += size;
        return (int)value;
    }

    /// <summary>Reads a string; malformed UTF-8 is replaced, not refused.</summary>
    public string ReadString(bool compact, string field)
    {
        int length = ReadStringLength(compact);
        if (length < 0)
        {
            ThrowNull(field);
        }
        return ReadText(length, field);
    }

    /// <summary>Reads a string that may be null.</summary>
    public string? ReadNullableString(bool compact, string field)
    {
        int length = ReadStringLength(compact);
        return length < 0 ? null : ReadText(length, field);
    }

    /// <summary>Reads the bytes of a string, not decoded, with the checks of a string. Empty when it is null.</summary>
    public ReadOnlySpan<byte> ReadStringBytes(bool compact, string field, out bool isNull)
    {
        int length = ReadStringLength(compact);
        isNull = length < 0;
        if (length > short.MaxValue)
        {
            ThrowStringLength(field, length);
        }
        return isNull ? default : Take(length);
    }

    /// <summary>Reads bytes as a slice of the buffer.</summary>
    public ReadOnlyMemory<byte> ReadBytes(bool compact, string field)
    {
        int length = ReadLength(compact);
        if (length < 0)
        {
            ThrowNull(field);
        }
        return ReadSlice(length);
    }

    /// <summary>Reads bytes that may be null as a slice of the buffer.</summary>
    public ReadOnlyMemory<byte>? ReadNullableBytes(bool compact)
    {
        int length = ReadLength(compact);
        return length < 0 ? default(ReadOnlyMemory<byte>?) : ReadSlice(length);
    }

    /// <summary>Reads the length of an array whose elements take at least <paramref name="elementSizeMin"/> bytes each.</summary>
    public int ReadArrayLength(bool compact, int elementSizeMin, string field)
    {
        int length = ReadNullableArrayLength(compact, elementSizeMin, field);
        if (length < 0)
        {
            ThrowNull(field);
        }
        return length;
    }

    /// <summary>As <see cref="ReadArrayLength"/>; -1 when the array is null.</summary>
    public int ReadNullableArrayLength(bool compact, int elementSizeMin, string field)
    {
        int length = ReadLength(compact);
        if (length < 0)
        {
            return -1;
        }
        // An array longer than what remains cannot be true, and the list that is made for it must not cost more than the frame did.
        if (length > ArrayLengthMax || (long)length * elementSizeMin > Remaining)
        {
            ThrowArrayLength(field, length);
        }
        return length;
    }

    /// <summary>Reads the byte before a struct that may be null; true when the struct follows.</summary>
    public bool ReadStructPresence() => ReadInt8() >= 0;

    /// <summary>As <see cref="ReadStructPresence"/>, in a tagged field.</summary>
    public bool ReadTaggedStructPresence() => ReadUnsignedVarint() > 0;

    /// <summary>Reads how many tagged fields follow.</summary>
    public int ReadTaggedFieldCount()
    {
        int count = ReadUnsignedVarint();
        if (count < 0 || count > TaggedFieldsMax || count > Remaining)
        {
            ThrowTaggedFieldCount(count);
        }
        return count;
    }

    /// <summary>Reads the number of a tagged field and the size that is claimed for it.</summary>
    public int ReadTag(out int size)
    {
        int tag = ReadUnsignedVarint();
        size = ReadUnsignedVarint();
        return tag;
    }

    /// <summary>Keeps a tagged field that the schema does not know.</summary>
    public List<RawTaggedField> ReadUnknownTaggedField(List<RawTaggedField>? fields, int tag, int size)
    {
        ReadOnlyMemory<byte> data = ReadSlice(size);
        fields ??= [];
        fields.Add(new RawTaggedField(tag, data));
        return fields;
    }

    /// <summary>Passes over tagged fields without keeping them, for readers that have no use for them.</summary>
    public void SkipTaggedFields()
    {
        for (int count = ReadTaggedFieldCount(); count > 0; count--)
        {
            ReadTag(out int size);
            Skip(size);
        }
    }

    /// <summary>Passes over bytes.</summary>
    public void Skip(int size) => Take(size);

    /// <summary>Refuses a tag that the schema knows, but not in this version.</summary>
    [DoesNotReturn]
    public static void ThrowTagVersion(int tag, short version) => throw new ProtocolException($"tag {tag} is not valid in version {version}");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int size)
    {
        if ((uint)size > (uint)(_span.Length - _position))
        {
            ThrowEnd(size);
        }
        ReadOnlySpan<byte> taken = _span.Slice(_position, size);
        _position += size;
        return taken;
    }

    private ReadOnlyMemory<byte> ReadSlice(int size)
    {
        int start = _position;
        Take(size);
        return _memory.Slice(start, size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadLength(bool compact) => compact ? unchecked(ReadUnsignedVarint() - 1) : ReadInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadStringLength(bool compact) => compact ? unchecked(ReadUnsignedVarint() - 1) : ReadInt16();

    private string ReadText(int length, string field)
    {
        if (length > short.MaxValue)
        {
            ThrowStringLength(field, length);
        }
        return length == 0 ? "" : Encoding.UTF8.GetString(Take(length));
    }

    [DoesNotReturn]
    private readonly void ThrowEnd(int size) =>
        throw new ProtocolException($"{size} bytes are wanted at position {_position}, but {Remaining} remain");

    [DoesNotReturn]
    private readonly void ThrowVarint() =>
        throw new ProtocolException($"the varint at position {_position} is cut or longer than {VarInt.SizeMax32} bytes");

    [DoesNotReturn]
    private readonly void ThrowNull(string field) =>
        throw new ProtocolException($"{field} is null before position {_position}, where a value must be");

    [DoesNotReturn]
    private readonly void ThrowStringLength(string field, int length) =>
        throw new ProtocolException($"{field} has {length} bytes before position {_position}: a string has {short.MaxValue} at most");

    [DoesNotReturn]
    private readonly void ThrowArrayLength(string field, int length) => throw new ProtocolException(
        $"{field} claims {length} elements before position {_position}: {Remaining} bytes remain, and an array has {ArrayLengthMax} elements at most");

    [DoesNotReturn]
    private readonly void ThrowTaggedFieldCount(int count) => throw new ProtocolException(
        $"{count} tagged fields are claimed before position {_position}: {Remaining} bytes remain, and a struct has {TaggedFieldsMax} at most");
}
