namespace Moldau.Simulation;

/// <summary>The world's clock as one process sees it. Nothing waits for it: days pass as fast as what happens in them can be simulated.</summary>
public sealed class SimTime(SimWorld world, SimScheduler scheduler) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => world.UtcNow;

    /// <summary>Begins at one second, as a timestamp of 0 often stands for none.</summary>
    public override long GetTimestamp() => world.Ticks + TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(world, scheduler, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
