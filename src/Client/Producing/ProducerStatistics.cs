using System.Numerics;

namespace Moldau.Client;

/// <summary>What a producer has done since it was made. A snapshot; its parts may be a moment apart.</summary>
public readonly record struct ProducerStatistics
{
    internal const int LatencyBuckets = 24;

    /// <summary>Records that the brokers have acknowledged.</summary>
    public long RecordsDelivered { get; init; }

    /// <summary>Records that failed for good.</summary>
    public long RecordsFailed { get; init; }

    /// <summary>Records in batches that were sent again, counted each time.</summary>
    public long RecordsRetried { get; init; }

    /// <summary>Bytes of acknowledged batches as they were sent: compressed, with their headers.</summary>
    public long BytesDelivered { get; init; }

    /// <summary>Batches that the brokers have acknowledged.</summary>
    public long BatchesDelivered { get; init; }

    /// <summary>Batches that were too large and were split.</summary>
    public long BatchesSplit { get; init; }

    /// <summary>Produce requests sent.</summary>
    public long Requests { get; init; }

    /// <summary>Produce requests that were not answered yet.</summary>
    public int RequestsInFlight { get; init; }

    /// <summary>The mean time from request to response, in ms.</summary>
    public double RequestMsMean { get; init; }

    /// <summary>Batches that wait or are on their way.</summary>
    public long BatchesQueued { get; init; }

    /// <summary>How much of <c>buffer.memory</c> is taken, in bytes.</summary>
    public long MemoryUsedBytes { get; init; }

    /// <summary>How many records took how long from being given to the producer to being acknowledged: the bucket at index i counts those of less than 2^i ms, and not less than half that.</summary>
    public IReadOnlyList<long> Latencies { get; init; }

    /// <summary>An upper bound of the latency that the given share of records had, such as 0.99, in ms; within a factor of two.</summary>
    public long LatencyMsAt(double share)
    {
        long total = 0;
        foreach (long count in Latencies)
        {
            total += count;
        }

        long seen = 0;
        for (int i = 0; i < Latencies.Count; i++)
        {
            seen += Latencies[i];
            if (seen > 0 && seen >= share * total)
            {
                return 1L << i;
            }
        }

        return 0;
    }

    internal static int BucketOf(long ms) => ms <= 0 ? 0 : Math.Min(LatencyBuckets - 1, BitOperations.Log2((ulong)ms) + 1);
}
