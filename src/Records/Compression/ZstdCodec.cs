using System.Runtime.InteropServices;

namespace Moldau.Records;

/// <summary>Zstandard frames, one after another, as Kafka reads and writes them (KIP-110). Any thread; contexts are pooled.</summary>
internal static class ZstdCodec
{
    private const int ResetSessionOnly = 1;
    private const int RoomBytes = 128 * 1024;

    private static readonly NativeContextPool Compressors = new(ZstdNative.CreateCompressor, context => ZstdNative.FreeCompressor(context));
    private static readonly NativeContextPool Decompressors = new(ZstdNative.CreateDecompressor, context => ZstdNative.FreeDecompressor(context));

    /// <summary>Appends one frame to <paramref name="destination"/>.</summary>
    public static unsafe void Compress(ReadOnlySpan<byte> source, int level, PooledBuffer destination)
    {
        CodecLibrary.RequireZstd();
        nint context = Compressors.Rent();
        var room = destination.RoomAtLeast(checked((int)ZstdNative.CompressBound((nuint)source.Length)));
        nuint size;
        fixed (byte* from = source)
        fixed (byte* to = room)
        {
            size = ZstdNative.Compress(context, to, (nuint)room.Length, from, (nuint)source.Length, level);
        }

        Compressors.Return(context);
        if (ZstdNative.IsError(size) != 0)
        {
            throw new InvalidOperationException($"zstd cannot compress {source.Length} bytes at level {level}: {NameOf(size)}");
        }

        destination.Advance((int)size);
    }

    /// <summary>Appends the content of all frames. Throws <see cref="InvalidRecordException"/> after what could be decompressed.</summary>
    public static void Decompress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        CodecLibrary.RequireZstd();
        nint context = Decompressors.Rent();
        try
        {
            DecompressFrames(context, source, destination);
        }
        finally
        {
            _ = ZstdNative.ResetDecompressor(context, ResetSessionOnly);
            Decompressors.Return(context);
        }
    }

    private static unsafe void DecompressFrames(nint context, ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        fixed (byte* from = source)
        {
            var input = new ZstdNative.Buffer { Start = from, Size = (nuint)source.Length };
            nuint bytesWanted = 0;
            bool outputFull = false;
            while (input.Position < input.Size || outputFull)
            {
                var room = destination.Room(RoomBytes);
                fixed (byte* to = room)
                {
                    var output = new ZstdNative.Buffer { Start = to, Size = (nuint)room.Length };
                    bytesWanted = ZstdNative.Decompress(context, &output, &input);
                    destination.Advance((int)output.Position);
                    outputFull = output.Position == output.Size && bytesWanted != 0;
                }

                if (ZstdNative.IsError(bytesWanted) != 0)
                {
                    throw new InvalidRecordException($"the zstd stream is corrupt near byte {input.Position} of {input.Size}: {NameOf(bytesWanted)}");
                }
            }

            if (bytesWanted != 0)
            {
                throw new InvalidRecordException($"the zstd stream ends after {input.Size} bytes in the middle of a frame");
            }
        }
    }

    private static string? NameOf(nuint code) => Marshal.PtrToStringUTF8(ZstdNative.ErrorName(code));
}
