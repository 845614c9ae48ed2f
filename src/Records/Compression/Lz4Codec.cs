using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Moldau.Records;

/// <summary>
/// LZ4 frames as Kafka reads and writes them: independent blocks, 64 KiB when written; the checksum of the whole content, where a frame has one, is
/// skipped, and so is all that follows the end mark. Any thread; compression states are pooled.
/// </summary>
internal static class Lz4Codec
{
    /// <summary>The level that means the fast compressor; others are levels of the high one.</summary>
    public const int FastLevel = 9;

    private const uint FrameMagic = 0x184D2204;
    private const uint StoredBlockMask = 0x80000000;
    private const int BlockBytes = 64 * 1024;
    private const byte WrittenFlags = 0x60;
    private const byte WrittenBlockDescriptor = 0x40;

    private static readonly NativeContextPool FastStates = new(() => Marshal.AllocHGlobal(Lz4Native.SizeOfState()), Marshal.FreeHGlobal);
    private static readonly NativeContextPool HighStates = new(() => Marshal.AllocHGlobal(Lz4Native.SizeOfStateHigh()), Marshal.FreeHGlobal);

    /// <summary>Appends one frame to <paramref name="destination"/>.</summary>
    public static void Compress(ReadOnlySpan<byte> source, int level, PooledBuffer destination)
    {
        CodecLibrary.RequireLz4();
        WriteFrameHeader(destination);
        var states = level == FastLevel ? FastStates : HighStates;
        nint state = states.Rent();
        while (!source.IsEmpty)
        {
            var block = source[..Math.Min(BlockBytes, source.Length)];
            WriteBlock(state, block, level, destination);
            source = source[block.Length..];
        }

        states.Return(state);
        WriteUInt32(destination, 0);
    }

    /// <summary>
    /// Appends the content of the frame. Throws <see cref="InvalidRecordException"/> after what could be decompressed. Frames of magic 0 may have a
    /// header checksum computed wrong, as old clients did (KAFKA-3160): <paramref name="ignoreHeaderChecksum"/>.
    /// </summary>
    public static void Decompress(ReadOnlySpan<byte> source, bool ignoreHeaderChecksum, PooledBuffer destination)
    {
        CodecLibrary.RequireLz4();
        var header = Lz4FrameHeader.Read(source, FrameMagic, ignoreHeaderChecksum);
        var rest = source[header.SizeBytes..];
        while (true)
        {
            uint descriptor = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, sizeof(uint)));
            var size = (int)(descriptor & ~StoredBlockMask);
            if (size == 0)
            {
                _ = Take(ref rest, header.HasContentChecksum ? sizeof(uint) : 0);
                return;
            }

            if (size > header.BlockBytesMax)
            {
                throw new InvalidRecordException($"an lz4 block of {size} bytes is longer than the {header.BlockBytesMax} that its frame allows");
            }

            var block = Take(ref rest, size);
            ReadBlock(block, isStored: (descriptor & StoredBlockMask) != 0, header.BlockBytesMax, destination);
            if (header.HasBlockChecksums && BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, sizeof(uint))) != XxHash32.Compute(block))
            {
                throw new InvalidRecordException("the checksum of an lz4 block is wrong");
            }
        }
    }

    private static unsafe void ReadBlock(ReadOnlySpan<byte> block, bool isStored, int blockBytesMax, PooledBuffer destination)
    {
        if (isStored)
        {
            destination.Write(block);
            return;
        }

        var room = destination.Room(blockBytesMax);
        int capacity = Math.Min(room.Length, blockBytesMax);
        int written;
        fixed (byte* from = block)
        fixed (byte* to = room)
        {
            written = Lz4Native.Decompress(from, to, block.Length, capacity);
        }

        if (written < 0)
        {
            throw capacity < blockBytesMax
                ? new InvalidRecordException("an lz4 block is corrupt, or holds more than a batch may decompress to")
                : new InvalidRecordException($"an lz4 block is corrupt near its byte {-written - 1}");
        }

        destination.Advance(written);
    }

    private static unsafe void WriteBlock(nint state, ReadOnlySpan<byte> block, int level, PooledBuffer destination)
    {
        int bound = Lz4Native.CompressBound(block.Length);
        var room = destination.RoomAtLeast(sizeof(uint) + bound);
        int size;
        fixed (byte* from = block)
        fixed (byte* to = room[sizeof(uint)..])
        {
            size = level == FastLevel
                ? Lz4Native.CompressFast(state, from, to, block.Length, bound, acceleration: 1)
                : Lz4Native.CompressHigh(state, from, to, block.Length, bound, level);
        }

        if (size <= 0 || size >= block.Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(room, (uint)block.Length | StoredBlockMask);
            block.CopyTo(room[sizeof(uint)..]);
            size = block.Length;
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(room, (uint)size);
        }

        destination.Advance(sizeof(uint) + size);
    }

    private static void WriteFrameHeader(PooledBuffer destination)
    {
        WriteUInt32(destination, FrameMagic);
        ReadOnlySpan<byte> descriptor = [WrittenFlags, WrittenBlockDescriptor];
        destination.Write(descriptor);
        destination.Write([(byte)(XxHash32.Compute(descriptor) >> 8)]);
    }

    private static void WriteUInt32(PooledBuffer destination, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination.RoomAtLeast(sizeof(uint)), value);
        destination.Advance(sizeof(uint));
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int size)
    {
        if (rest.Length < size)
        {
            throw new InvalidRecordException($"the lz4 frame ends {size - rest.Length} bytes too early");
        }

        var taken = rest[..size];
        rest = rest[size..];
        return taken;
    }
}
