using Moldau.EndToEnd.Latency;

namespace Moldau.EndToEnd;

/// <summary>What one run found.</summary>
/// <param name="Value">In the workload's unit.</param>
/// <param name="CpuSecondsPerGb">Of the server, per 10^9 bytes of requests or answers; NaN where nothing was moved.</param>
/// <param name="CpuMicrosPerRequest">Of the server.</param>
/// <param name="RssBytes">Of the server, after the run.</param>
internal readonly record struct Measurement(double Value, double CpuSecondsPerGb, double CpuMicrosPerRequest, long RssBytes)
{
    /// <summary>All latencies of the run, where they were measured.</summary>
    public LatencyHistogram? Latencies { get; init; }
}
