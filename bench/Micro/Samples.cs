using System.Text;
using Moldau.Records;

namespace Moldau.Micro;

/// <summary>Batches as a producer sends them: records of 1 KiB, text that an application would log.</summary>
internal static class Samples
{
    private const int RecordBytes = 1024;
    private const long TimestampMs = 1_767_225_600_000;

    /// <summary>A batch of about so many bytes before compression.</summary>
    public static byte[] Batch(int sizeBytes, CompressionType codec = CompressionType.None)
    {
        var random = new Random(1);
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { Compression = RecordCompression.Of(codec) });
        do
        {
            builder.Append(TimestampMs, null, Text(random));
        }
        while (builder.UncompressedSizeBytes + RecordBytes < sizeBytes);

        return builder.BuildArray();
    }

    private static byte[] Text(Random random)
    {
        var text = new StringBuilder();
        while (text.Length < RecordBytes)
        {
            text.Append($$"""{"order":{{random.Next()}},"customer":"c-{{random.Next(100_000)}}","state":"shipped","amount":{{random.Next(10_000)}},"currency":"EUR"},""");
        }

        return Encoding.UTF8.GetBytes(text.ToString(0, RecordBytes));
    }
}
