namespace Moldau.Raft.Tests;

/// <summary>A clock that stands still until the test moves it.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private long _nowMs = 1_800_000_000_000;

    public override long TimestampFrequency => 1000;

    public long NowMs => _nowMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_nowMs);

    public override long GetTimestamp() => _nowMs;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    public void Advance(long byMs)
    {
        _nowMs += byMs;
        foreach (ManualTimer timer in _timers.ToArray())
        {
            timer.FireIfDue();
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _dueMs = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _dueMs = dueTime < TimeSpan.Zero ? long.MaxValue : time._nowMs + (long)dueTime.TotalMilliseconds;
            return true;
        }

        public void FireIfDue()
        {
            if (time._nowMs >= _dueMs)
            {
                _dueMs = long.MaxValue;
                callback(state);
            }
        }

        public void Dispose() => _dueMs = long.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
