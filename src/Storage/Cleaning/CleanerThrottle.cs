namespace Moldau.Storage;

/// <summary>Keeps what all cleaners read and write together under a rate, but for a short burst. Safe for all threads.</summary>
internal sealed class CleanerThrottle(TimeProvider time, double bytesPerSecond)
{
    private const double BurstMs = 300;

    private readonly Lock gate = new();
    private readonly long start = time.GetTimestamp();
    private double rate = bytesPerSecond;
    private double paidUntilMs;

    /// <summary>Takes a changed rate, at once.</summary>
    public void Change(double newBytesPerSecond)
    {
        lock (gate)
        {
            rate = newBytesPerSecond;
            paidUntilMs = Math.Min(paidUntilMs, NowMs);
        }
    }

    /// <summary>Counts bytes that were read or written; the milliseconds to wait before the next ones.</summary>
    public long Count(long bytes)
    {
        lock (gate)
        {
            var now = NowMs;
            paidUntilMs = Math.Max(paidUntilMs, now) + (bytes * 1000.0 / rate);
            var ahead = paidUntilMs - now;
            return ahead <= BurstMs ? 0 : (long)Math.Min(Math.Ceiling(ahead), int.MaxValue);
        }
    }

    private double NowMs => time.GetElapsedTime(start).TotalMilliseconds;
}
