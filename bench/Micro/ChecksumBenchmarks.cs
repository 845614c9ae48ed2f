using BenchmarkDotNet.Attributes;
using Moldau.Core;

namespace Moldau.Micro;

/// <summary>CRC-32C, which each byte passes that is produced.</summary>
public class ChecksumBenchmarks
{
    private byte[] _bytes = [];

    [Params(1024, 16 * 1024, 1024 * 1024)]
    public int SizeBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bytes = new byte[SizeBytes];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark]
    public uint Compute() => Crc32C.Compute(_bytes);
}
