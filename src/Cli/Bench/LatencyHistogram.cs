namespace Moldau.Cli;

/// <summary>Counts latencies in buckets that are 1/16 apart, from 1 ms to hours. Any thread may add.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 4;
    private readonly long[] _counts = new long[64 << StepBits];
    private long _count;
    private long _sumMs;
    private long _maxMs;

    public long Count => Interlocked.Read(ref _count);

    public double MeanMs => Count == 0 ? 0 : Interlocked.Read(ref _sumMs) / (double)Count;

    public long MaxMs => Interlocked.Read(ref _maxMs);

    public void Add(long ms)
    {
        ms = Math.Max(0, ms);
        Interlocked.Increment(ref _counts[Bucket(ms)]);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _sumMs, ms);
        long max;
        while (ms > (max = Interlocked.Read(ref _maxMs)) && Interlocked.CompareExchange(ref _maxMs, ms, max) != max)
        {
        }
    }

    /// <summary>The latency that so many percent do not exceed, to a sixteenth.</summary>
    public long PercentileMs(double percent)
    {
        long wanted = (long)Math.Ceiling(Count * percent / 100);
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length && wanted > 0; bucket++)
        {
            seen += Interlocked.Read(ref _counts[bucket]);
            if (seen >= wanted)
            {
                return Math.Min(UpperMs(bucket), MaxMs);
            }
        }

        return 0;
    }

    private static int Bucket(long ms)
    {
        if (ms < 1 << (StepBits + 1))
        {
            return (int)ms;
        }

        int exponent = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)ms) - StepBits;
        return (exponent << StepBits) + (int)(ms >> exponent);
    }

    private static long UpperMs(int bucket)
    {
        if (bucket < 1 << (StepBits + 1))
        {
            return bucket;
        }

        int exponent = (bucket >> StepBits) - 1;
        long mantissa = (bucket & ((1 << StepBits) - 1)) | (1 << StepBits);
        return ((mantissa + 1) << exponent) - 1;
    }
}
