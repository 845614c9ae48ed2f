using Moldau.Core;

namespace Moldau.Runtime;

/// <summary>
/// Deadlines for many waiters at the price of one timer: adding and removing cost a lock and a few pointer moves, nothing is allocated. A deadline fires at the first tick at or after it,
/// so up to one tick late, never early. The timer is armed only for the next tick that has waiters: an empty wheel costs nothing. Thread safe; <see cref="WheelEntry.OnDeadline"/> runs on the
/// timer's thread, outside the wheel's lock.
/// </summary>
public sealed class TimingWheel : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _tickMs;
    private readonly WheelEntry?[] _slots;
    private readonly ITimer _timer;
    private long _currentTick;
    private long _armedTick = long.MaxValue;
    private int _count;

    /// <param name="time">The clock; its timestamp drives the wheel, so that a step of the wall clock moves no deadline.</param>
    /// <param name="tickMs">The precision in milliseconds, 1 or more.</param>
    /// <param name="slots">The number of slots, a power of two. A deadline further away than slots × tick goes around more than once.</param>
    public TimingWheel(TimeProvider time, int tickMs = 5, int slots = 512)
    {
        Invariant.That(tickMs > 0 && int.IsPow2(slots));
        _time = time;
        _tickMs = tickMs;
        _slots = new WheelEntry?[slots];
        _currentTick = NowMs() / _tickMs;
        _timer = time.CreateTimer(static wheel => ((TimingWheel)wheel!).Advance(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waiters on the wheel now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Sets a deadline <paramref name="delayMs"/> from now (0 and less: the next tick). The entry must not be on a wheel.</summary>
    public void Add(WheelEntry entry, long delayMs)
    {
        lock (_gate)
        {
            Invariant.That(entry.Slot < 0);
            var now = NowMs();
            entry.DueTick = Math.Max((now + Math.Max(delayMs, 0) + _tickMs - 1) / _tickMs, _currentTick + 1);
            Link(entry);
            if (entry.DueTick < _armedTick)
            {
                Arm(entry.DueTick, now);
            }
        }
    }

    /// <summary>Takes the entry off; false when it fired already or was never added.</summary>
    public bool Remove(WheelEntry entry)
    {
        lock (_gate)
        {
            if (entry.Slot < 0)
            {
                return false;
            }

            Unlink(entry);
            return true;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Advance()
    {
        WheelEntry? due = null;
        lock (_gate)
        {
            _armedTick = long.MaxValue;
            var nowTick = NowMs() / _tickMs;
            var steps = Math.Min(nowTick - _currentTick, _slots.Length);
            for (var step = 1; step <= steps; step++)
            {
                due = TakeDue((int)((_currentTick + step) & (_slots.Length - 1)), nowTick, due);
            }

            _currentTick = Math.Max(nowTick, _currentTick);
            ArmNext();
        }

        while (due is not null)
        {
            var entry = due;
            due = entry.NextDue;
            entry.NextDue = null;
            entry.OnDeadline();
        }
    }

    private WheelEntry? TakeDue(int slot, long nowTick, WheelEntry? due)
    {
        for (var entry = _slots[slot]; entry is not null;)
        {
            var next = entry.Next;
            if (entry.DueTick <= nowTick)
            {
                Unlink(entry);
                entry.NextDue = due;
                due = entry;
            }

            entry = next;
        }

        return due;
    }

    private void ArmNext()
    {
        if (_count == 0)
        {
            return;
        }

        // Looks at each slot once, at most: the wheel is small and this runs once a tick that had waiters.
        for (var step = 1; step <= _slots.Length; step++)
        {
            if (_slots[(_currentTick + step) & (_slots.Length - 1)] is not null)
            {
                Arm(_currentTick + step, NowMs());
                return;
            }
        }
    }

    private void Arm(long tick, long nowMs)
    {
        _armedTick = tick;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max((tick * _tickMs) - nowMs, 1)), Timeout.InfiniteTimeSpan);
    }

    private void Link(WheelEntry entry)
    {
        entry.Slot = (int)(entry.DueTick & (_slots.Length - 1));
        entry.Previous = null;
        entry.Next = _slots[entry.Slot];
        if (entry.Next is not null)
        {
            entry.Next.Previous = entry;
        }

        _slots[entry.Slot] = entry;
        _count++;
    }

    private void Unlink(WheelEntry entry)
    {
        if (entry.Previous is null)
        {
            _slots[entry.Slot] = entry.Next;
        }
        else
        {
            entry.Previous.Next = entry.Next;
        }

        if (entry.Next is not null)
        {
            entry.Next.Previous = entry.Previous;
        }

        entry.Next = null;
        entry.Previous = null;
        entry.Slot = -1;
        _count--;
    }

    private long NowMs() => (long)_time.GetElapsedTime(0).TotalMilliseconds;
}
