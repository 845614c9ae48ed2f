using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Moldau.EndToEnd.Latency;

/// <summary>
/// Calls at a fixed rate, whatever happened to the calls before: the moment at which a call is due depends on its number alone, so that a server that stalls is charged with all that should
/// have been sent meanwhile. Runs on the thread that calls it.
/// </summary>
internal static partial class Pacer
{
    private const int ClockMonotonic = 1;
    private const long NanosPerSecond = 1_000_000_000;
    private static readonly double TicksPerNano = Stopwatch.Frequency / (double)NanosPerSecond;

    /// <summary>When the call of that number is due, as a timestamp of <see cref="Stopwatch"/>.</summary>
    public static long Due(long began, long number, double perSecond) => began + (long)(number / perSecond * Stopwatch.Frequency);

    /// <summary>Calls for each number from 0 on, each when it is due or, when it is late, at once.</summary>
    public static void Run(long began, long count, double perSecond, Action<long> call)
    {
        for (long number = 0; number < count; number++)
        {
            Sleep(Due(began, number, perSecond) - Stopwatch.GetTimestamp());
            call(number);
        }
    }

    /// <summary>The runtime's own sleeps are whole milliseconds, in which many calls would come due at once.</summary>
    private static void Sleep(long ticks)
    {
        if (ticks > 0)
        {
            long nanos = (long)(ticks / TicksPerNano);
            var time = new TimeSpec(nanos / NanosPerSecond, nanos % NanosPerSecond);
            _ = ClockNanoSleep(ClockMonotonic, 0, in time, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanoSleep(int clock, int flags, in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanos);
}
