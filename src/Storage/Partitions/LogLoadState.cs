namespace Moldau.Storage;

/// <summary>What is known of a log before its files are looked at.</summary>
/// <param name="LogStartOffset">From <c>log-start-offset-checkpoint</c>; 0 when it has no entry.</param>
/// <param name="RecoveryPoint">From <c>recovery-point-offset-checkpoint</c>; 0 when it has no entry.</param>
/// <param name="IsClean">The node stopped in good order, so nothing needs to be checked.</param>
/// <param name="IsEndKnown">And the recovery point is the log's end, as a stop in good order leaves it: the files need not be looked at before they are
/// used.</param>
/// <param name="CleanedOffset">From <c>cleaner-offset-checkpoint</c>: offsets before it may be missing, as they were compacted away.</param>
public readonly record struct LogLoadState(long LogStartOffset, long RecoveryPoint, bool IsClean, bool IsEndKnown, long CleanedOffset = 0)
{
    /// <summary>A partition that is made now.</summary>
    public static LogLoadState New => new(0, 0, IsClean: true, IsEndKnown: false);

    /// <summary>Nothing is known, and something may be there: all of it is checked.</summary>
    public static LogLoadState Unknown => new(0, 0, IsClean: false, IsEndKnown: false);

    /// <summary>A partition whose directory has been made just now, and is empty: its files come with the first use.</summary>
    public static LogLoadState Empty => new(0, 0, IsClean: true, IsEndKnown: true);
}
