using BenchmarkDotNet.Attributes;
using Moldau.Core;
using Moldau.Records;

namespace Moldau.Micro;

/// <summary>A batch of 16 KiB: checked as it came, which reads all its records, and compressed anew by the topic's configuration.</summary>
public class CodecBenchmarks
{
    private const int SizeBytes = 16 * 1024;
    private static readonly TopicPartition Partition = new("topic", 0);
    private byte[] _sent = [];
    private byte[] _batch = [];
    private AppendSettings _recompress = new();

    [Params(CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd)]
    public CompressionType Codec { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _sent = Samples.Batch(SizeBytes, Codec);
        _batch = new byte[_sent.Length];
        _recompress = new AppendSettings { Compression = RecordCompression.Of(Codec == CompressionType.Lz4 ? CompressionType.Zstd : CompressionType.Lz4) };
    }

    [Benchmark]
    public int Validate() => Validate(new AppendSettings());

    [Benchmark]
    public int Recompress() => Validate(_recompress);

    private int Validate(AppendSettings settings)
    {
        // The validator writes into what it is given.
        _sent.CopyTo(_batch, 0);
        var validated = RecordValidator.Validate(_batch, Partition, settings, AppendOrigin.Client, leaderEpoch: 0, nowMs: 1_767_225_600_000);
        return validated.Error == Protocol.ErrorCode.None ? _batch.Length : throw new InvalidOperationException($"{validated.Error}");
    }
}
