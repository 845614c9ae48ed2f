namespace Moldau.Replication;

/// <summary>
/// How fast data may move between the log directories of this node (<c>replica.alter.log.dirs.io.max.bytes.per.second</c>): the rate over the last windows of
/// <c>alter.log.dirs.replication.quota.window.size.seconds</c>. Used by one thread at a time.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="windowCount">How many windows count, the one under way with them.</param>
/// <param name="windowMs">Their length.</param>
public sealed class MoveThrottle(TimeProvider time, int windowCount, long windowMs)
{
    private readonly Queue<(long Window, long Bytes)> _windows = [];
    private long _total;

    /// <summary>False while more than <paramref name="bytesPerSecond"/> has moved on average.</summary>
    public bool MayMove(long bytesPerSecond)
    {
        Forget();
        return _total == 0 || _total * 1000.0 / Math.Max(1, SpanMs) < bytesPerSecond;
    }

    /// <summary>So much has moved.</summary>
    public void Record(int bytes)
    {
        Forget();
        _total += bytes;
        _windows.Enqueue((NowMs / windowMs, bytes));
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What the average is taken over: all windows but the one under way, also when the move has begun only now.</summary>
    private long SpanMs => Math.Max((windowCount - 1) * windowMs, _windows.TryPeek(out var oldest) ? NowMs - (oldest.Window * windowMs) : 0);

    private void Forget()
    {
        var oldest = (NowMs / windowMs) - windowCount + 1;
        while (_windows.TryPeek(out var window) && window.Window < oldest)
        {
            _windows.Dequeue();
            _total -= window.Bytes;
        }
    }
}
