using System.Threading.Tasks.Sources;

namespace Moldau.Client;

/// <summary>Wakes the one task that waits for work, or lets its next wait end at once. Setting it again and again costs one interlocked write. Any thread sets it.</summary>
internal sealed class SenderSignal : IValueTaskSource, IDisposable
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;

    private readonly ITimer _timer;
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;

    public SenderSignal(TimeProvider time) =>
        _timer = time.CreateTimer(static signal => ((SenderSignal)signal!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Both sides exchange, as a plain write could pass the reads after it: the setter would see the signal set still, and the waiter not what it was set for.</summary>
    public void Set() => Set(isInline: false);

    /// <summary>As <see cref="Set()"/>, but what waits goes on here and now, when it waits: a hop to another thread less. The caller must hold no lock, and not mind the time.</summary>
    public void SetInline() => Set(isInline: true);

    /// <summary>One of the two above.</summary>
    public void Set(bool isInline)
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            Interlocked.Exchange(ref _state, Idle);
            _source.RunContinuationsAsynchronously = !isInline;
            _source.SetResult(true);
        }
    }

    /// <summary>Ends when the signal is set, or after so many ms; <see cref="long.MaxValue"/> for no end by time.</summary>
    public ValueTask WaitAsync(long timeoutMs)
    {
        if (Volatile.Read(ref _state) == Signalled)
        {
            Interlocked.Exchange(ref _state, Idle);
            return ValueTask.CompletedTask;
        }

        _timer.Change(timeoutMs >= int.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(timeoutMs), Timeout.InfiniteTimeSpan);
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Signalled)
        {
            Interlocked.Exchange(ref _state, Idle);
            return ValueTask.CompletedTask;
        }

        return new ValueTask(this, _source.Version);
    }

    public void Dispose() => _timer.Dispose();

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
