namespace Moldau.Testing;

/// <summary>Tells, every few milliseconds, how much real time has passed since it told last.</summary>
internal sealed class ClockFlow : IDisposable
{
    private readonly Action<TimeSpan> _passed;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private long _last = TimeProvider.System.GetTimestamp();
    private bool _isOver;

    public ClockFlow(TimeSpan step, Action<TimeSpan> passed)
    {
        _passed = passed;
        _timer = TimeProvider.System.CreateTimer(static flow => ((ClockFlow)flow!).Tick(), this, step, step);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        _timer.Dispose();
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            var now = TimeProvider.System.GetTimestamp();
            _passed(TimeProvider.System.GetElapsedTime(_last, now));
            _last = now;
        }
    }
}
