using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Moldau.Core;

namespace Moldau.Records;

/// <summary>
/// One Snappy block: its length as a varint, then literals and copies of what came before. Written here rather than taken from a library because a
/// library allocates the length that a peer claims, and allocates anew for each block.
/// </summary>
internal static class SnappyBlock
{
    private const int HashBits = 14;
    private const int InputMarginBytes = 15;
    private const int MatchMin = 4;

    /// <summary>No element of a block expands further than a copy of 64 bytes, which takes three.</summary>
    private const int ExpansionMax = 64;

    [ThreadStatic]
    private static ushort[]? _table;

    /// <summary>The longest block that so many bytes can become.</summary>
    public static int CompressedMax(int sourceBytes) => 32 + sourceBytes + (sourceBytes / 6);

    /// <summary>Appends the content of the block. Throws <see cref="InvalidRecordException"/>.</summary>
    public static void Decompress(ReadOnlySpan<byte> block, PooledBuffer destination)
    {
        int read = VarInt.ReadUnsigned32(block, out uint length);
        if (read == 0 || length > (uint)int.MaxValue || length > (long)block.Length * ExpansionMax)
        {
            throw new InvalidRecordException($"a snappy block of {block.Length} bytes claims to hold {length}");
        }

        var room = destination.RoomAtLeast((int)length)[..(int)length];
        if (!TryDecompress(block[read..], room))
        {
            throw new InvalidRecordException($"a snappy block of {block.Length} bytes is corrupt");
        }

        destination.Advance((int)length);
    }

    /// <summary>Writes at most 64 KiB as one block and returns the bytes it took; the destination has <see cref="CompressedMax"/> bytes.</summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int written = VarInt.WriteUnsigned32(destination, (uint)source.Length);
        ushort[] table = _table ??= new ushort[1 << HashBits];
        Array.Clear(table);
        int literalStart = 0;
        int position = 1;
        int limit = source.Length - InputMarginBytes;
        int misses = 32;
        while (position < limit)
        {
            uint current = Load32(source, position);
            ref ushort slot = ref table[(current * 0x1E35A7BD) >> (32 - HashBits)];
            int candidate = slot;
            slot = (ushort)position;
            if (Load32(source, candidate) != current || candidate >= position)
            {
                position += misses++ >> 5;
                continue;
            }

            misses = 32;
            written += WriteLiteral(source[literalStart..position], destination[written..]);
            int length = MatchLength(source, candidate, position);
            written += WriteCopy(position - candidate, length, destination[written..]);
            position += length;
            literalStart = position;
        }

        return written + WriteLiteral(source[literalStart..], destination[written..]);
    }

    private static bool TryDecompress(ReadOnlySpan<byte> block, Span<byte> destination)
    {
        int from = 0;
        int to = 0;
        while (from < block.Length)
        {
            byte tag = block[from++];
            if ((tag & 3) == 0)
            {
                if (!TryReadLiteral(block, tag, destination, ref from, ref to))
                {
                    return false;
                }

                continue;
            }

            if (!TryReadCopy(block, tag, ref from, out int offset, out int length)
                || offset == 0 || offset > to || length > destination.Length - to)
            {
                return false;
            }

            CopyWithin(destination, to, offset, length);
            to += length;
        }

        return to == destination.Length;
    }

    private static bool TryReadLiteral(ReadOnlySpan<byte> block, byte tag, Span<byte> destination, ref int from, ref int to)
    {
        long length = (tag >> 2) + 1;
        int lengthBytes = (int)length - 60;
        if (lengthBytes > 0)
        {
            if (lengthBytes > block.Length - from)
            {
                return false;
            }

            length = 1;
            for (int i = 0; i < lengthBytes; i++)
            {
                length += (long)block[from++] << (8 * i);
            }
        }

        if (length > block.Length - from || length > destination.Length - to)
        {
            return false;
        }

        block.Slice(from, (int)length).CopyTo(destination[to..]);
        from += (int)length;
        to += (int)length;
        return true;
    }

    private static bool TryReadCopy(ReadOnlySpan<byte> block, byte tag, ref int from, out int offset, out int length)
    {
        int kind = tag & 3;
        int offsetBytes = kind == 3 ? 4 : kind;
        offset = 0;
        length = kind == 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
        if (offsetBytes > block.Length - from)
        {
            return false;
        }

        offset = kind switch
        {
            1 => ((tag & 0xE0) << 3) | block[from],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(block[from..]),
            _ => BinaryPrimitives.ReadInt32LittleEndian(block[from..]),
        };
        from += offsetBytes;
        return offset > 0;
    }

    /// <summary>A copy may overlap what it writes: the pattern then repeats, and what is there of it doubles with each step.</summary>
    private static void CopyWithin(Span<byte> bytes, int to, int offset, int length)
    {
        int from = to - offset;
        while (length > 0)
        {
            int part = Math.Min(length, to - from);
            bytes.Slice(from, part).CopyTo(bytes[to..]);
            to += part;
            length -= part;
        }
    }

    private static int MatchLength(ReadOnlySpan<byte> source, int candidate, int position)
    {
        int length = MatchMin;
        while (position + length + sizeof(ulong) <= source.Length)
        {
            ulong difference = Load64(source, candidate + length) ^ Load64(source, position + length);
            if (difference != 0)
            {
                return length + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            length += sizeof(ulong);
        }

        while (position + length < source.Length && source[candidate + length] == source[position + length])
        {
            length++;
        }

        return length;
    }

    private static int WriteLiteral(ReadOnlySpan<byte> literal, Span<byte> destination)
    {
        if (literal.IsEmpty)
        {
            return 0;
        }

        int last = literal.Length - 1;
        int written = 1;
        if (last < 60)
        {
            destination[0] = (byte)(last << 2);
        }
        else if (last < 256)
        {
            destination[0] = 60 << 2;
            destination[written++] = (byte)last;
        }
        else
        {
            destination[0] = 61 << 2;
            BinaryPrimitives.WriteUInt16LittleEndian(destination[written..], (ushort)last);
            written += sizeof(ushort);
        }

        literal.CopyTo(destination[written..]);
        return written + literal.Length;
    }

    /// <summary>Copies of 1 to 64 bytes, each with an offset of two bytes; a short one near by fits into two bytes altogether.</summary>
    private static int WriteCopy(int offset, int length, Span<byte> destination)
    {
        int written = 0;
        while (length > 0)
        {
            if (length is >= 4 and <= 11 && offset < 2048)
            {
                destination[written] = (byte)(((offset >> 8) << 5) | ((length - 4) << 2) | 1);
                destination[written + 1] = (byte)offset;
                return written + 2;
            }

            int part = length > 67 ? 64 : Math.Min(length, length > 64 ? 60 : 64);
            destination[written] = (byte)(((part - 1) << 2) | 2);
            BinaryPrimitives.WriteUInt16LittleEndian(destination[(written + 1)..], (ushort)offset);
            written += 3;
            length -= part;
        }

        return written;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Load32(ReadOnlySpan<byte> source, int at) => MemoryMarshal.Read<uint>(source[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load64(ReadOnlySpan<byte> source, int at) => MemoryMarshal.Read<ulong>(source[at..]);
}
