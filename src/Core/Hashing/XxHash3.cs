using System.Buffers.Binary;
using System.Numerics;

namespace Moldau.Core;

/// <summary>
/// XXH3 with 64 bits, seed 0 and the default secret, as its specification has it. Group coordinators keep it in their records as the hash of the
/// topics they assigned (KIP-1101), so it is a disk format. Stateless; any thread.
/// </summary>
public static class XxHash3
{
    private const uint Prime32X1 = 0x9E3779B1;
    private const uint Prime32X2 = 0x85EBCA77;
    private const uint Prime32X3 = 0xC2B2AE3D;
    private const ulong Prime64X1 = 0x9E3779B185EBCA87;
    private const ulong Prime64X2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime64X3 = 0x165667B19E3779F9;
    private const ulong Prime64X4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime64X5 = 0x27D4EB2F165667C5;
    private const int StripeBytes = 64;
    private const int StripesPerBlock = 16;
    private const int BlockBytes = StripeBytes * StripesPerBlock;

    private static ReadOnlySpan<byte> Secret =>
    [
        0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb,
        0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
        0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
        0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
        0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31,
        0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
        0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc,
        0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
    ];

    /// <summary>The hash of <paramref name="data"/>.</summary>
    public static ulong Hash(ReadOnlySpan<byte> data) => data.Length switch
    {
        0 => AvalancheOfXxHash64(SecretWord(56) ^ SecretWord(64)),
        <= 3 => HashUpTo3(data),
        <= 8 => HashUpTo8(data),
        <= 16 => HashUpTo16(data),
        <= 128 => HashUpTo128(data),
        <= 240 => HashUpTo240(data),
        _ => HashLong(data),
    };

    private static ulong HashUpTo3(ReadOnlySpan<byte> data)
    {
        var length = data.Length;
        var combined = ((uint)data[0] << 16) | ((uint)data[length >> 1] << 24) | data[length - 1] | ((uint)length << 8);
        var flip = BinaryPrimitives.ReadUInt32LittleEndian(Secret) ^ BinaryPrimitives.ReadUInt32LittleEndian(Secret[4..]);
        return AvalancheOfXxHash64(combined ^ flip);
    }

    private static ulong HashUpTo8(ReadOnlySpan<byte> data)
    {
        const ulong factor = 0x9FB21C651E98DF25;
        ulong first = BinaryPrimitives.ReadUInt32LittleEndian(data);
        ulong last = BinaryPrimitives.ReadUInt32LittleEndian(data[^4..]);
        var hash = (last + (first << 32)) ^ SecretWord(8) ^ SecretWord(16);
        hash ^= BitOperations.RotateLeft(hash, 49) ^ BitOperations.RotateLeft(hash, 24);
        hash *= factor;
        hash ^= (hash >> 35) + (ulong)data.Length;
        hash *= factor;
        return hash ^ (hash >> 28);
    }

    private static ulong HashUpTo16(ReadOnlySpan<byte> data)
    {
        var low = Word(data, 0) ^ SecretWord(24) ^ SecretWord(32);
        var high = Word(data, data.Length - 8) ^ SecretWord(40) ^ SecretWord(48);
        return Avalanche((ulong)data.Length + BinaryPrimitives.ReverseEndianness(low) + high + FoldedProduct(low, high));
    }

    private static ulong HashUpTo128(ReadOnlySpan<byte> data)
    {
        var hash = (ulong)data.Length * Prime64X1;
        for (var pair = (data.Length - 1) / 32; pair >= 0; pair--)
        {
            hash += Mix16(data, 16 * pair, 32 * pair);
            hash += Mix16(data, data.Length - (16 * (pair + 1)), (32 * pair) + 16);
        }

        return Avalanche(hash);
    }

    private static ulong HashUpTo240(ReadOnlySpan<byte> data)
    {
        const int roundsBeforeAvalanche = 8;
        var hash = (ulong)data.Length * Prime64X1;
        for (var round = 0; round < roundsBeforeAvalanche; round++)
        {
            hash += Mix16(data, 16 * round, 16 * round);
        }

        hash = Avalanche(hash);
        for (var round = roundsBeforeAvalanche; round < data.Length / 16; round++)
        {
            hash += Mix16(data, 16 * round, (16 * (round - roundsBeforeAvalanche)) + 3);
        }

        return Avalanche(hash + Mix16(data, data.Length - 16, 136 - 17));
    }

    private static ulong HashLong(ReadOnlySpan<byte> data)
    {
        Span<ulong> lanes = [Prime32X3, Prime64X1, Prime64X2, Prime64X3, Prime64X4, Prime32X2, Prime64X5, Prime32X1];
        var lastStripe = data[^StripeBytes..];
        var rest = data;
        while (rest.Length > BlockBytes)
        {
            AccumulateStripes(lanes, rest, StripesPerBlock);
            Scramble(lanes);
            rest = rest[BlockBytes..];
        }

        AccumulateStripes(lanes, rest, (rest.Length - 1) / StripeBytes);
        Accumulate(lanes, lastStripe, Secret.Length - StripeBytes - 7);

        var hash = (ulong)data.Length * Prime64X1;
        for (var lane = 0; lane < lanes.Length; lane += 2)
        {
            hash += FoldedProduct(lanes[lane] ^ SecretWord(11 + (8 * lane)), lanes[lane + 1] ^ SecretWord(19 + (8 * lane)));
        }

        return Avalanche(hash);
    }

    private static void AccumulateStripes(Span<ulong> lanes, ReadOnlySpan<byte> data, int count)
    {
        for (var stripe = 0; stripe < count; stripe++)
        {
            Accumulate(lanes, data[(stripe * StripeBytes)..], stripe * 8);
        }
    }

    private static void Accumulate(Span<ulong> lanes, ReadOnlySpan<byte> stripe, int secretOffset)
    {
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            var value = Word(stripe, 8 * lane);
            var keyed = value ^ SecretWord(secretOffset + (8 * lane));
            lanes[lane ^ 1] += value;
            lanes[lane] += (uint)keyed * (keyed >> 32);
        }
    }

    private static void Scramble(Span<ulong> lanes)
    {
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            var value = lanes[lane];
            value ^= value >> 47;
            value ^= SecretWord(Secret.Length - StripeBytes + (8 * lane));
            lanes[lane] = value * Prime32X1;
        }
    }

    private static ulong Mix16(ReadOnlySpan<byte> data, int offset, int secretOffset) =>
        FoldedProduct(Word(data, offset) ^ SecretWord(secretOffset), Word(data, offset + 8) ^ SecretWord(secretOffset + 8));

    private static ulong FoldedProduct(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return low ^ high;
    }

    private static ulong Avalanche(ulong hash)
    {
        hash ^= hash >> 37;
        hash *= 0x165667919E3779F9;
        return hash ^ (hash >> 32);
    }

    private static ulong AvalancheOfXxHash64(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= Prime64X2;
        hash ^= hash >> 29;
        hash *= Prime64X3;
        return hash ^ (hash >> 32);
    }

    private static ulong Word(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(data[offset..]);

    private static ulong SecretWord(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Secret[offset..]);
}
