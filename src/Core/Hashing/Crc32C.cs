using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Moldau.Core;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of record batches. Stateless; any thread may call it.
/// One hardware CRC instruction waits for the one before it, so long inputs are cut into three streams that run side by side; their checksums are
/// merged by one carry-less multiplication each. Without the instructions the same result comes from the framework's table.
/// </summary>
public static class Crc32C
{
    private const uint PolynomialReflected = 0x82F63B78;
    private const int LongStreamBytes = 2048;
    private const int ShortStreamBytes = 256;

    private static readonly StreamShift LongShift = new(LongStreamBytes);
    private static readonly StreamShift ShortShift = new(ShortStreamBytes);

    /// <summary>The checksum of the bytes; 0 for none.</summary>
    public static uint Compute(ReadOnlySpan<byte> source) => Append(0, source);

    /// <summary>The checksum of what <paramref name="crc"/> is the checksum of, followed by <paramref name="source"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> source)
    {
        uint state = ~crc;
        if (Pclmulqdq.IsSupported && Sse42.X64.IsSupported)
        {
            state = AppendStreams(state, ref source, LongStreamBytes, LongShift);
            state = AppendStreams(state, ref source, ShortStreamBytes, ShortShift);
        }

        return ~AppendOneStream(state, source);
    }

    /// <summary>The same by one stream only: what machines without carry-less multiplication do.</summary>
    internal static uint AppendPortable(uint crc, ReadOnlySpan<byte> source) => ~AppendOneStream(~crc, source);

    private static uint AppendOneStream(uint state, ReadOnlySpan<byte> source)
    {
        while (source.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(source));
            source = source[sizeof(ulong)..];
        }

        foreach (byte b in source)
        {
            state = BitOperations.Crc32C(state, b);
        }

        return state;
    }

    private static uint AppendStreams(uint state, ref ReadOnlySpan<byte> source, int streamBytes, in StreamShift shift)
    {
        while (source.Length >= 3 * streamBytes)
        {
            ref byte start = ref MemoryMarshal.GetReference(source);
            ulong first = state;
            ulong second = 0;
            ulong third = 0;
            for (nint i = 0; i < streamBytes; i += sizeof(ulong))
            {
                first = Sse42.X64.Crc32(first, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i)));
                second = Sse42.X64.Crc32(second, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, streamBytes + i)));
                third = Sse42.X64.Crc32(third, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (2 * streamBytes) + i)));
            }

            state = Shift((uint)first, shift.ByTwoStreams) ^ Shift((uint)second, shift.ByOneStream) ^ (uint)third;
            source = source[(3 * streamBytes)..];
        }

        return state;
    }

    /// <summary>The state after as many zero bytes as the factor stands for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Shift(uint state, uint factor)
    {
        var product = Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar((ulong)state), Vector128.CreateScalar((ulong)factor), 0);
        return (uint)Sse42.X64.Crc32(0, product.ToScalar());
    }

    /// <summary>
    /// The factors that move a state over one and over two streams of zero bytes: x^(8n - 33) modulo the polynomial, bits reflected.
    /// The reduction of the product by a CRC instruction multiplies with the missing x^33.
    /// </summary>
    private readonly struct StreamShift(int streamBytes)
    {
        public readonly uint ByOneStream = PowerOfX((8 * streamBytes) - 33);
        public readonly uint ByTwoStreams = PowerOfX((16 * streamBytes) - 33);

        private static uint PowerOfX(int exponent)
        {
            uint power = 0x80000000;
            for (int i = 0; i < exponent; i++)
            {
                power = (power >> 1) ^ ((power & 1) * PolynomialReflected);
            }

            return power;
        }
    }
}
