using System.Diagnostics;

namespace Moldau.EndToEnd.Wire;

/// <summary>Asks a real process again and again until something is so.</summary>
internal static class Until
{
    /// <param name="isSo">Asks; may throw to give up early.</param>
    /// <param name="patience">How long it is asked.</param>
    /// <param name="pauseMs">Between two questions, in ms.</param>
    /// <param name="otherwise">What is wrong when it is not so in time.</param>
    public static void True(Func<bool> isSo, TimeSpan patience, int pauseMs, Func<string> otherwise)
    {
        long began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(began) > patience)
            {
                throw new BenchException(otherwise());
            }

            Thread.Sleep(pauseMs);
        }
    }
}
