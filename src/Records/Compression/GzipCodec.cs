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
    /// Appends the content of all members; what follows the last one is ignored. Throws <see cref="InvalidRecordException"/> when a member is broken.
    /// </summary>
    public static unsafe void Decompress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        fixed (byte* from = source)
        {
            using var input = new GzipInputStream(from, source.Length);
            using var gzip = new GZipStream(input, CompressionMode.Decompress);
            try
            {
                int read;
                do
                {
                    read = gzip.Read(destination.Room(RoomBytes));
                    destination.Advance(read);
                }
                while (read > 0);
            }
            catch (InvalidDataException error)
            {
                throw new InvalidRecordException($"the gzip stream is corrupt: {error.Message}", error);
            }

            if (input.EndsTooEarly)
            {
                throw new InvalidRecordException($"the gzip stream of {source.Length} bytes ends too early");
            }
        }
    }
}
