using Moldau.Core;

namespace Moldau.Runtime;

/// <summary>A clock that stands still until it is moved. Timers fire inside <see cref="Advance"/>, in the order of their times, on the thread that moves the clock.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _armed = [];
    private readonly DateTimeOffset _start;
    private TimeSpan _elapsed;

    /// <param name="start">The wall clock at the beginning; 2026-01-01 when not given.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _start + _elapsed;
        }
    }

    /// <summary>Begins at one second, as a timestamp of 0 often stands for none.</summary>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks + TimeSpan.TicksPerSecond;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, stopping at each timer on the way.</summary>
    public void Advance(TimeSpan by)
    {
        Invariant.That(by >= TimeSpan.Zero);
        TimeSpan target;
        lock (_gate)
        {
            target = _elapsed + by;
        }

        while (FireNext(target))
        {
        }
    }

    /// <summary>How far the clock has come since its beginning.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _elapsed;
            }
        }
    }

    /// <summary>
    /// One step: moves the clock to the next timer and fires it. Where none is due until <paramref name="limit"/>, in terms of <see cref="Elapsed"/>, moves it there and says false.
    /// </summary>
    public bool FireNext(TimeSpan limit)
    {
        if (TakeDue(limit) is not { } timer)
        {
            return false;
        }

        timer.Fire();
        return true;
    }

    /// <summary>
    /// Moves the clock without firing what comes due: as for a machine that was suspended, the timers fire afterwards (<see cref="FireNext"/>), in their order, and those that repeat once.
    /// </summary>
    public void Leap(TimeSpan by)
    {
        Invariant.That(by >= TimeSpan.Zero);
        lock (_gate)
        {
            _elapsed += by;
        }
    }

    private ManualTimer? TakeDue(TimeSpan target)
    {
        lock (_gate)
        {
            ManualTimer? next = null;
            foreach (ManualTimer timer in _armed)
            {
                if (timer.Due <= target && (next is null || timer.Due < next.Due))
                {
                    next = timer;
                }
            }

            if (next is null)
            {
                _elapsed = target > _elapsed ? target : _elapsed;
                return null;
            }

            _elapsed = next.Due > _elapsed ? next.Due : _elapsed;
            if (next.Period > TimeSpan.Zero)
            {
                next.Due = _elapsed + next.Period;
            }
            else
            {
                _armed.Remove(next);
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._armed.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = owner._elapsed + dueTime;
                    Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                    owner._armed.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
