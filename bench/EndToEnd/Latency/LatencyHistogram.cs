using System.Numerics;

namespace Moldau.EndToEnd.Latency;

/// <summary>Counts of latencies in microseconds, in buckets that are never wider than a hundredth of their value. One thread at a time.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 7;
    private const int SubBuckets = 1 << SubBucketBits;
    private const int Octaves = 32;
    private readonly long[] _counts = new long[(Octaves + 1) * SubBuckets];

    public long Count { get; private set; }

    public long MaxMicros { get; private set; }

    public void Add(long micros)
    {
        micros = Math.Clamp(micros, 0, uint.MaxValue);
        _counts[IndexOf((ulong)micros)]++;
        Count++;
        MaxMicros = Math.Max(MaxMicros, micros);
    }

    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        MaxMicros = Math.Max(MaxMicros, other.MaxMicros);
    }

    /// <summary>The value that so much of all latencies do not exceed; a percentile between 0 and 100.</summary>
    public long Percentile(double percentile)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(Count * percentile / 100));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(UpperOf(i), MaxMicros);
            }
        }

        return MaxMicros;
    }

    private static int IndexOf(ulong micros)
    {
        int octave = Math.Max(0, BitOperations.Log2(micros | 1) - SubBucketBits + 1);
        return octave == 0 ? (int)micros : (octave * SubBuckets) + (int)(micros >> octave);
    }

    private static long UpperOf(int index)
    {
        int octave = index / SubBuckets;
        return octave == 0 ? index : (((long)(index % SubBuckets) + 1) << octave) - 1;
    }
}
