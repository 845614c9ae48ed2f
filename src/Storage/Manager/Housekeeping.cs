namespace Moldau.Storage;

/// <summary>When each of the log manager's periodic tasks is due next, in milliseconds since 1970.</summary>
internal sealed class Housekeeping
{
    public long RecoveryPoints { get; set; }

    public long LogStarts { get; set; }

    public long Retention { get; set; }

    public long Flush { get; set; }

    public long Producers { get; set; }

    /// <summary>Whether a task is due; then its next time is set.</summary>
    public static bool IsDue(long now, long interval, long due, out long next)
    {
        next = due;
        if (now < due)
        {
            return false;
        }

        next = interval > long.MaxValue - now ? long.MaxValue : now + interval;
        return true;
    }
}
