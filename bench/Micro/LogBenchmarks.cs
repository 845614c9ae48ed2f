using BenchmarkDotNet.Attributes;
using Moldau.Core;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Os;
using Moldau.Storage;

namespace Moldau.Micro;

/// <summary>A partition's log on the disk of the temporary directory: one append, and one look for an offset with its range.</summary>
public class LogBenchmarks
{
    private const long KeptBytes = 256L * 1024 * 1024;
    private static readonly TopicPartition Partition = new("topic", 0);
    private readonly Random _random = new(1);
    private string _root = "";
    private PartitionLog? _log;
    private byte[] _sent = [];
    private byte[] _batch = [];

    [Params(1024, 16 * 1024, 1024 * 1024)]
    public int SizeBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _root = Directory.CreateTempSubdirectory("moldau-micro-").FullName;
        var disk = new OsDisk();
        var environment = new LogEnvironment(new OpenFiles(disk, 100), TimeProvider.System, new OsEntropy());
        string directory = Path.Combine(_root, $"{Partition}");
        disk.CreateDirectory(directory);
        var config = new LogConfig { SegmentBytes = 64 * 1024 * 1024, RetentionBytes = KeptBytes, FileDeleteDelayMs = 0, TransactionVerificationEnabled = false };
        _log = PartitionLog.Open(environment, Partition, directory, config, LogLoadState.New);
        _sent = Samples.Batch(SizeBytes);
        _batch = new byte[_sent.Length];
        for (long written = 0; written < 32L * 1024 * 1024; written += SizeBytes)
        {
            Append();
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _log?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Benchmark]
    public long Append()
    {
        _sent.CopyTo(_batch, 0);
        var log = _log!;
        var result = log.AppendAsLeader(_batch, leaderEpoch: 0);
        if (result.FirstOffset * SizeBytes % KeptBytes < SizeBytes)
        {
            log.MaybeIncrementHighWatermark(log.LogEndOffsetMetadata);
            log.DeleteOldSegments();
        }

        return result.LastOffset;
    }

    [Benchmark]
    public int Find()
    {
        using var slice = _log!.Read(_random.NextInt64(_log.LogStartOffset, _log.LogEndOffset), SizeBytes, FetchIsolation.LogEnd, minOneBatch: true);
        return slice.Length;
    }
}
