using System.Diagnostics;

namespace Moldau.ClientBench;

/// <summary>The clocks of a measured part: time, CPU time of this process, bytes that were allocated.</summary>
internal sealed class Meter
{
    private readonly long _allocated;
    private readonly TimeSpan _cpu;
    private readonly long _start;

    private Meter()
    {
        _allocated = GC.GetTotalAllocatedBytes(precise: true);
        _cpu = Environment.CpuUsage.TotalTime;
        _start = Stopwatch.GetTimestamp();
    }

    public static Meter Start() => new();

    public Outcome Stop(long records)
    {
        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        double cpu = (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds;
        return new Outcome { Records = records, Seconds = seconds, CpuSeconds = cpu, AllocatedBytes = GC.GetTotalAllocatedBytes(precise: true) - _allocated };
    }
}
