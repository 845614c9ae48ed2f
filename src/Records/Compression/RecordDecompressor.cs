using System.Collections.Concurrent;

namespace Moldau.Records;

/// <summary>
/// Decompresses the records of one batch at a time into a buffer that it keeps. One thread at a time; get one by <see cref="Rent"/> and dispose it to
/// give it back. What it returned is good until it is used again or disposed.
/// </summary>
public sealed class RecordDecompressor : IDisposable
{
    /// <summary>
    /// The most that the records of one batch may decompress to unless told otherwise. Kafka has no such limit; a batch of a megabyte, its default
    /// maximum, reaches it only with contents that are nothing but repetition.
    /// </summary>
    public const int BatchBytesMaxDefault = 256 * 1024 * 1024;

    private static readonly ConcurrentQueue<RecordDecompressor> Pool = new();
    private static readonly int KeptMax = 2 * Environment.ProcessorCount;

    private readonly PooledBuffer _buffer = new();

    private RecordDecompressor()
    {
    }

    /// <summary>A decompressor that nobody else uses.</summary>
    public static RecordDecompressor Rent() => Pool.TryDequeue(out var decompressor) ? decompressor : new RecordDecompressor();

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer.Dispose();
        if (Pool.Count < KeptMax)
        {
            Pool.Enqueue(this);
        }
    }

    /// <summary>
    /// Decompresses. When the stream breaks, the bytes before the break are returned and <paramref name="failure"/> says what is wrong: Kafka reads
    /// records from a stream, so that a bad record before the break is what it complains about. A stream that exceeds the limit ends there likewise.
    /// </summary>
    /// <param name="type">How the source is compressed; throws <see cref="InvalidRecordException"/> when it is no known type.</param>
    /// <param name="source">The compressed bytes.</param>
    /// <param name="magic">The magic of the batch.</param>
    /// <param name="failure">What is wrong with the stream; null when nothing is.</param>
    /// <param name="batchBytesMax">The most that the source may decompress to.</param>
    public ReadOnlySpan<byte> Decompress(
        CompressionType type, ReadOnlySpan<byte> source, sbyte magic, out RecordException? failure, int batchBytesMax = BatchBytesMaxDefault)
    {
        failure = null;
        if (type is < CompressionType.None or > CompressionType.Zstd)
        {
            throw UnknownType(type);
        }

        _buffer.Reset(batchBytesMax);
        try
        {
            switch (type)
            {
                case CompressionType.None:
                    return source;
                case CompressionType.Gzip:
                    GzipCodec.Decompress(source, _buffer);
                    break;
                case CompressionType.Snappy:
                    SnappyCodec.Decompress(source, _buffer);
                    break;
                case CompressionType.Lz4:
                    Lz4Codec.Decompress(source, ignoreHeaderChecksum: magic == 0, _buffer);
                    break;
                default:
                    ZstdCodec.Decompress(source, _buffer);
                    break;
            }
        }
        catch (RecordException error)
        {
            failure = error;
        }

        return _buffer.Written;
    }

    /// <summary>
    /// Gives away the array in which lies, from its beginning, what was decompressed last: the caller returns it to the shared pool. Not for what was not compressed, which lies in the source.
    /// </summary>
    public byte[] Detach() => _buffer.Detach();

    internal static InvalidRecordException UnknownType(CompressionType type) => new($"the compression type {(byte)type} of a record batch is not known");
}
