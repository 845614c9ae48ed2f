using System.Buffers.Binary;

namespace Moldau.Records;

/// <summary>What the first bytes of an LZ4 frame say.</summary>
internal readonly struct Lz4FrameHeader
{
    private const int MagicBytes = 4;
    private const int ContentSizeBytes = 8;

    /// <summary>Where the first block begins.</summary>
    public int SizeBytes { get; private init; }

    /// <summary>The longest block of the frame, compressed or not.</summary>
    public int BlockBytesMax { get; private init; }

    public bool HasBlockChecksums { get; private init; }

    public bool HasContentChecksum { get; private init; }

    /// <summary>Reads and checks the header; throws <see cref="InvalidRecordException"/> for whatever Kafka does not read.</summary>
    public static Lz4FrameHeader Read(ReadOnlySpan<byte> frame, uint magic, bool ignoreChecksum)
    {
        Require(frame.Length > MagicBytes + 2, "the lz4 frame ends within its header");
        Require(BinaryPrimitives.ReadUInt32LittleEndian(frame) == magic, "the lz4 frame does not begin with the magic number of lz4 frames");
        byte flags = frame[MagicBytes];
        byte descriptor = frame[MagicBytes + 1];
        Require((flags & 0x03) == 0, "the lz4 frame has reserved flags, or a dictionary, which Kafka does not know");
        Require(flags >> 6 == 1, "the lz4 frame has another version than 1");
        Require((flags & 0x20) != 0, "the blocks of the lz4 frame depend on each other, which Kafka does not read");
        int blockSizeCode = descriptor >> 4;
        Require((descriptor & 0x0F) == 0 && blockSizeCode is >= 4 and <= 7, "the lz4 frame has an unknown block descriptor");

        int checksumAt = MagicBytes + 2 + ((flags & 0x08) != 0 ? ContentSizeBytes : 0);
        Require(frame.Length > checksumAt, "the lz4 frame ends within its header");
        var expected = (byte)(XxHash32.Compute(frame[MagicBytes..checksumAt]) >> 8);
        Require(ignoreChecksum || frame[checksumAt] == expected, "the checksum of the lz4 frame's header is wrong");
        return new Lz4FrameHeader
        {
            SizeBytes = checksumAt + 1,
            BlockBytesMax = 1 << (8 + (2 * blockSizeCode)),
            HasBlockChecksums = (flags & 0x10) != 0,
            HasContentChecksum = (flags & 0x04) != 0,
        };
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidRecordException(message);
        }
    }
}
