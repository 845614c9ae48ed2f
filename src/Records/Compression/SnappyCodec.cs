using System.Buffers.Binary;

namespace Moldau.Records;

/// <summary>
/// Snappy in the framing of the Java library ("Xerial"): a header, then blocks of 32 KiB, each after its compressed length. Some clients send one bare
/// block without framing; Kafka reads it, and so does this. Any thread.
/// </summary>
internal static class SnappyCodec
{
    private const int BlockBytes = 32 * 1024;
    private const int HeaderBytes = 16;
    private const int Version = 1;

    /// <summary>The first four bytes of the framing's magic, which Kafka knows as the start of a further stream where a length would be.</summary>
    private const int MagicHead = unchecked((int)0x82534E41);

    private static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    /// <summary>Appends header and blocks to <paramref name="destination"/>.</summary>
    public static void Compress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        destination.Write(Magic);
        WriteInt32(destination, Version);
        WriteInt32(destination, Version);
        while (!source.IsEmpty)
        {
            var block = source[..Math.Min(BlockBytes, source.Length)];
            var room = destination.RoomAtLeast(sizeof(int) + SnappyBlock.CompressedMax(block.Length));
            int size = SnappyBlock.Compress(block, room[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(room, size);
            destination.Advance(sizeof(int) + size);
            source = source[block.Length..];
        }
    }

    /// <summary>Appends the content of all blocks. Throws <see cref="InvalidRecordException"/> after what could be decompressed.</summary>
    public static void Decompress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        if (source.IsEmpty)
        {
            throw new InvalidRecordException("the snappy stream is empty");
        }

        if (source.Length < HeaderBytes || !source.StartsWith(Magic))
        {
            SnappyBlock.Decompress(source, destination);
            return;
        }

        var rest = AfterHeader(source);
        while (rest.Length >= sizeof(int))
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (size == MagicHead)
            {
                rest = AfterHeader(rest);
                continue;
            }

            rest = rest[sizeof(int)..];
            if (size < 0 || size > rest.Length)
            {
                throw new InvalidRecordException($"a snappy block of {size} bytes is announced where {rest.Length} are left");
            }

            SnappyBlock.Decompress(rest[..size], destination);
            rest = rest[size..];
        }
    }

    private static ReadOnlySpan<byte> AfterHeader(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderBytes || !source.StartsWith(Magic))
        {
            throw new InvalidRecordException("a snappy stream ends or breaks within the header of its framing");
        }

        int version = BinaryPrimitives.ReadInt32BigEndian(source[Magic.Length..]);
        return version >= Version
            ? source[HeaderBytes..]
            : throw new InvalidRecordException($"the framing of a snappy stream has version {version}; {Version} and later are known");
    }

    private static void WriteInt32(PooledBuffer destination, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination.RoomAtLeast(sizeof(int)), value);
        destination.Advance(sizeof(int));
    }
}
