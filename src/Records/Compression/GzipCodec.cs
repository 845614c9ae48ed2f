using System.IO.Compression;

namespace Moldau.Records;

/// <summary>Gzip members, one after another, through the framework's zlib. Any thread.</summary>
internal static class GzipCodec
{
    private const int RoomBytes = 16 * 1024;

    /// <summary>Appends one member to <paramref name="destination"/>; level -1 is zlib's default.</summary>
    public static void Compress(ReadOnlySpan<byte> source, int level, PooledBuffer destination)
    {
        using var sink = new PooledBufferStream(destination);
        using var gzip = new GZipStream(sink, new ZLibCompressionOptions { CompressionLevel = level });
        gzip.Write(source);
    }

    /// <summary>
    /// Appends the content of all members; what follows the last one is ignored. Throws <see cref="CorruptRecordException"/> after what could be
    /// decompressed. The destination is empty before.
    /// </summary>
    public static void Decompress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        try
        {
            Decompress(source, destination, stepFrom: int.MaxValue);
        }
        catch (InvalidDataException)
        {
            // The framework drops what the failing read had decompressed. Going there again and on byte by byte loses nothing.
            int good = destination.Length;
            destination.Truncate();
            try
            {
                Decompress(source, destination, stepFrom: good);
            }
            catch (InvalidDataException error)
            {
                throw new CorruptRecordException($"the gzip stream is corrupt after {destination.Length} bytes of content", error);
            }
        }
    }

    private static unsafe void Decompress(ReadOnlySpan<byte> source, PooledBuffer destination, int stepFrom)
    {
        fixed (byte* from = source)
        {
            using var input = new GzipInputStream(from, source.Length);
            using var gzip = new GZipStream(input, CompressionMode.Decompress);
            int read;
            do
            {
                var room = destination.Room(RoomBytes);
                read = gzip.Read(room[..Math.Min(room.Length, destination.Length < stepFrom ? RoomBytes : 1)]);
                destination.Advance(read);
            }
            while (read > 0);

            if (input.EndsTooEarly)
            {
                throw new CorruptRecordException($"the gzip stream of {source.Length} bytes ends too early");
            }
        }
    }
}
