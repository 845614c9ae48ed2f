using System.Buffers.Binary;

namespace Moldau.Core;

/// <summary>
/// The 32-bit Murmur2 hash with the seed that Kafka's producers use, so that a key goes to the same partition whoever hashes it.
/// Stateless; any thread.
/// </summary>
public static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;
    private const int Rotation = 24;

    /// <summary>The hash of <paramref name="key"/>; any sign.</summary>
    public static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (uint)key.Length;
        var rest = key;
        while (rest.Length >= sizeof(uint))
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(rest) * Multiplier;
            word ^= word >> Rotation;
            hash = (hash * Multiplier) ^ (word * Multiplier);
            rest = rest[sizeof(uint)..];
        }

        if (!rest.IsEmpty)
        {
            var tail = (uint)rest[0];
            tail |= rest.Length > 1 ? (uint)rest[1] << 8 : 0;
            tail |= rest.Length > 2 ? (uint)rest[2] << 16 : 0;
            hash = (hash ^ tail) * Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return (int)(hash ^ (hash >> 15));
    }

    /// <summary>The partition of a record with <paramref name="key"/> in a topic of <paramref name="partitionCount"/> partitions.</summary>
    public static PartitionIndex PartitionFor(ReadOnlySpan<byte> key, int partitionCount)
    {
        Invariant.That(partitionCount > 0);
        return JavaHash.ToPositive(Hash(key)) % partitionCount;
    }
}
