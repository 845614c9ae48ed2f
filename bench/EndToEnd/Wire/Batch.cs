using System.Buffers.Binary;
using System.Text;
using Moldau.Core;
using Moldau.Records;

namespace Moldau.EndToEnd.Wire;

/// <summary>A record batch v2 as a producer without idempotence sends it: made once, sent often.</summary>
internal sealed class Batch
{
    private const int HeaderBytes = 61;
    private const int CrcAt = 17;
    private const int CrcStart = 21;
    private const int LastOffsetDeltaAt = 23;
    private const int RecordOverheadBytes = 16;

    private Batch(byte[] bytes, int records, int uncompressedBytes)
    {
        Bytes = bytes;
        Records = records;
        UncompressedBytes = uncompressedBytes;
    }

    public byte[] Bytes { get; }

    public int Records { get; }

    public int UncompressedBytes { get; }

    /// <summary>As many records as fit into <paramref name="bytesMax"/> before compression, at least one: of random bytes, or of text where they are compressed.</summary>
    public static Batch Make(int bytesMax, int recordBytes, CompressionType codec = CompressionType.None)
    {
        var random = new Random(1);
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { Compression = RecordCompression.Of(codec) });
        long nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        do
        {
            builder.Append(nowMs, null, codec == CompressionType.None ? Noise(random, recordBytes) : Text(random, recordBytes));
        }
        while (builder.UncompressedSizeBytes + recordBytes + RecordOverheadBytes <= bytesMax);

        int records = builder.RecordsCount;
        int uncompressedBytes = builder.UncompressedSizeBytes;
        return new Batch(builder.BuildArray(), records, uncompressedBytes);
    }

    /// <summary>Walks the whole batches from <paramref name="offset"/> on: each must follow the one before and have the right checksum. The offset behind the last of them.</summary>
    public static long Check(ReadOnlySpan<byte> bytes, long offset, bool withCrc)
    {
        while (bytes.Length >= HeaderBytes)
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(bytes[8..]) + 12;
            if (size > bytes.Length)
            {
                break;
            }

            long baseOffset = BinaryPrimitives.ReadInt64BigEndian(bytes);
            if (baseOffset != offset)
            {
                throw new BenchException($"a batch of offset {baseOffset} was read where offset {offset} is next");
            }

            if (withCrc && Crc32C.Compute(bytes[CrcStart..size]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]))
            {
                throw new BenchException($"the batch of offset {offset} has a wrong checksum");
            }

            offset += BinaryPrimitives.ReadInt32BigEndian(bytes[LastOffsetDeltaAt..]) + 1;
            bytes = bytes[size..];
        }

        return offset;
    }

    private static byte[] Noise(Random random, int count)
    {
        byte[] value = new byte[count];
        random.NextBytes(value);
        return value;
    }

    /// <summary>What an application would log: names that repeat, numbers that do not.</summary>
    private static byte[] Text(Random random, int count)
    {
        var text = new StringBuilder();
        while (text.Length < count)
        {
            text.Append($$"""{"order":{{random.Next()}},"customer":"c-{{random.Next(100_000)}}","state":"shipped","amount":{{random.Next(10_000)}}.{{random.Next(100)}},"currency":"EUR"},""");
        }

        return Encoding.UTF8.GetBytes(text.ToString(0, count));
    }
}
