using System.Buffers.Binary;

namespace Moldau.Client;

/// <summary>
/// A key of two parts, where one alone would make a hot partition: the records of a primary key spread by the secondary (a day, a device), and those of one pair keep their order.
/// The layout is the length of the primary part as two bytes, big-endian, then the primary part, then the secondary. Stateless; any thread.
/// </summary>
public static class CompoundKey
{
    /// <summary>The bytes that the layout adds to both parts.</summary>
    public const int OverheadBytes = 2;

    /// <summary>Writes a key and returns the bytes written. The destination needs <see cref="OverheadBytes"/> more than both parts.</summary>
    public static int Write(ReadOnlySpan<byte> primary, ReadOnlySpan<byte> secondary, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(primary.Length, (int)ushort.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)primary.Length);
        primary.CopyTo(destination[OverheadBytes..]);
        secondary.CopyTo(destination[(OverheadBytes + primary.Length)..]);
        return OverheadBytes + primary.Length + secondary.Length;
    }

    /// <summary>Reads a key back; false when it is none of this layout.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> primary, out ReadOnlySpan<byte> secondary)
    {
        primary = default;
        secondary = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(key, out ushort length) || key.Length < OverheadBytes + length)
        {
            return false;
        }

        primary = key.Slice(OverheadBytes, length);
        secondary = key[(OverheadBytes + length)..];
        return true;
    }
}
