using System.Numerics;

namespace Moldau.Core;

/// <summary>
/// Variable-length integers: seven bits a byte, least significant first, the high bit says that more follow. Signed ones are zigzag-coded
/// first, so that small negative numbers stay small.
/// </summary>
public static class VarInt
{
    /// <summary>The longest form of a 32-bit number.</summary>
    public const int SizeMax32 = 5;

    /// <summary>The longest form of a 64-bit number.</summary>
    public const int SizeMax64 = 10;

    /// <summary>
    /// Reads an unsigned 32-bit number from the start of <paramref name="source"/>. Returns the bytes it took, or 0 when the bytes end too early
    /// or the fifth byte says that more follow. Bits beyond the 32nd are dropped.
    /// </summary>
    public static int ReadUnsigned32(ReadOnlySpan<byte> source, out uint value)
    {
        value = 0;
        if (source.IsEmpty)
        {
            return 0;
        }
        uint first = source[0];
        if (first < 0x80)
        {
            value = first;
            return 1;
        }
        return ReadLong32(source, out value);
    }

    /// <summary>As <see cref="ReadUnsigned32"/>, for 64 bits and at most ten bytes.</summary>
    public static int ReadUnsigned64(ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        int end = Math.Min(source.Length, SizeMax64);
        for (int i = 0; i < end; i++)
        {
            ulong b = source[i];
            value |= (b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return i + 1;
            }
        }
        value = 0;
        return 0;
    }

    /// <summary>Reads a zigzag-coded 32-bit number; see <see cref="ReadUnsigned32"/> for what it returns.</summary>
    public static int ReadSigned32(ReadOnlySpan<byte> source, out int value)
    {
        int size = ReadUnsigned32(source, out uint raw);
        value = (int)(raw >> 1) ^ -(int)(raw & 1);
        return size;
    }

    /// <summary>Reads a zigzag-coded 64-bit number; see <see cref="ReadUnsigned32"/> for what it returns.</summary>
    public static int ReadSigned64(ReadOnlySpan<byte> source, out long value)
    {
        int size = ReadUnsigned64(source, out ulong raw);
        value = (long)(raw >> 1) ^ -(long)(raw & 1);
        return size;
    }

    /// <summary>Writes an unsigned 32-bit number and returns the bytes it took; the span must have room for them.</summary>
    public static int WriteUnsigned32(Span<byte> destination, uint value)
    {
        int i = 0;
        while (value >= 0x80)
        {
            destination[i++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[i] = (byte)value;
        return i + 1;
    }

    /// <summary>Writes an unsigned 64-bit number and returns the bytes it took; the span must have room for them.</summary>
    public static int WriteUnsigned64(Span<byte> destination, ulong value)
    {
        int i = 0;
        while (value >= 0x80)
        {
            destination[i++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[i] = (byte)value;
        return i + 1;
    }

    /// <summary>Writes a 32-bit number zigzag-coded and returns the bytes it took.</summary>
    public static int WriteSigned32(Span<byte> destination, int value) => WriteUnsigned32(destination, ZigZag(value));

    /// <summary>Writes a 64-bit number zigzag-coded and returns the bytes it took.</summary>
    public static int WriteSigned64(Span<byte> destination, long value) => WriteUnsigned64(destination, ZigZag(value));

    /// <summary>The bytes that an unsigned 32-bit number takes.</summary>
    public static int SizeOfUnsigned32(uint value) => (((31 - BitOperations.LeadingZeroCount(value | 1)) * 37) >> 8) + 1;

    /// <summary>The bytes that an unsigned 64-bit number takes.</summary>
    public static int SizeOfUnsigned64(ulong value) => ((63 - BitOperations.LeadingZeroCount(value | 1)) / 7) + 1;

    /// <summary>The bytes that a zigzag-coded 32-bit number takes.</summary>
    public static int SizeOfSigned32(int value) => SizeOfUnsigned32(ZigZag(value));

    /// <summary>The bytes that a zigzag-coded 64-bit number takes.</summary>
    public static int SizeOfSigned64(long value) => SizeOfUnsigned64(ZigZag(value));

    private static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static int ReadLong32(ReadOnlySpan<byte> source, out uint value)
    {
        value = 0;
        int end = Math.Min(source.Length, SizeMax32);
        for (int i = 0; i < end; i++)
        {
            uint b = source[i];
            value |= (b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return i + 1;
            }
        }
        value = 0;
        return 0;
    }
}
