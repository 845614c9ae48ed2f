namespace Moldau.Simulation;

/// <summary>A timer of a simulated process; its callback becomes a ready piece of the process. A timer of the world itself belongs to none, and runs at once.</summary>
internal sealed class SimTimer(SimWorld world, SimScheduler? scheduler, TimerCallback callback, object? state) : ITimer
{
    private int _version;
    private bool _armed;
    private TimeSpan _period;

    public bool IsArmed(int version) => _armed && version == _version && scheduler?.IsAlive != false;

    public void Fire()
    {
        _armed = false;
        if (_period > TimeSpan.Zero)
        {
            Arm(_period);
        }

        if (scheduler is null)
        {
            callback(state);
            return;
        }

        scheduler.Run(() => callback(state));
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _armed = false;
        _version++;
        _period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Arm(dueTime);
        }

        return true;
    }

    public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Arm(TimeSpan dueTime)
    {
        _armed = true;
        world.Arm(this, _version, world.Ticks + dueTime.Ticks);
    }
}
