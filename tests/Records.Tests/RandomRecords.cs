namespace Moldau.Records.Tests;

/// <summary>Records by a seed, and the plain list of what was put in: the oracle of the round trips.</summary>
internal sealed class RandomRecords(int seed)
{
    private readonly Random _random = new(seed);

    public static IEnumerable<RecordCompression> Compressions =>
    [
        RecordCompression.None,
        RecordCompression.Of(CompressionType.Gzip),
        RecordCompression.Of(CompressionType.Gzip, 1),
        RecordCompression.Of(CompressionType.Gzip, 9),
        RecordCompression.Of(CompressionType.Snappy),
        RecordCompression.Of(CompressionType.Lz4),
        RecordCompression.Of(CompressionType.Lz4, 1),
        RecordCompression.Of(CompressionType.Lz4, 17),
        RecordCompression.Of(CompressionType.Zstd),
        RecordCompression.Of(CompressionType.Zstd, -5),
        RecordCompression.Of(CompressionType.Zstd, 19),
    ];

    public Random Random => _random;

    public List<PlainRecord> Make(int countMax = 30)
    {
        var records = new List<PlainRecord>();
        int count = _random.Next(1, countMax + 1);
        for (int i = 0; i < count; i++)
        {
            var headers = new List<RecordHeader>();
            for (int left = _random.Next(4); left > 0 && _random.Next(3) == 0; left--)
            {
                headers.Add(new RecordHeader($"header-{left}", Bytes(40)));
            }

            records.Add(new PlainRecord(_random.NextInt64(2_000_000_000_000), Bytes(50), Bytes(_random.Next(20) == 0 ? 100_000 : 300), headers));
        }

        return records;
    }

    public byte[] Build(IEnumerable<PlainRecord> records, RecordBatchOptions options)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(options);
        foreach (var record in records)
        {
            builder.Append(record.Timestamp, record.Key, record.Value, record.Headers.ToArray());
        }

        return builder.BuildArray();
    }

    private byte[]? Bytes(int lengthMax)
    {
        if (_random.Next(6) == 0)
        {
            return null;
        }

        var bytes = new byte[_random.Next(lengthMax)];
        if (_random.Next(2) == 0)
        {
            _random.NextBytes(bytes);
        }
        else
        {
            Array.Fill(bytes, (byte)_random.Next(256));
        }

        return bytes;
    }
}
