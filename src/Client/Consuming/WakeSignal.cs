using System.Threading.Tasks.Sources;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// Wakes the one that waits, without allocating anything; set while nobody waits, it wakes the next at once. It may wake once too often, never too seldom. One waits at a time, who awaits what
/// <see cref="WaitAsync"/> returned exactly once; its continuation never runs on the thread that sets the signal, which any thread may do, under any lock.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private bool _isSet;
    private bool _isWaiting;

    public void Set()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                _isSet = true;
                return;
            }

            _isWaiting = false;
        }

        _source.SetResult(true);
    }

    /// <exception cref="OperationCanceledException">The token ended the waiting.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return ValueTask.CompletedTask;
            }

            Invariant.That(!_isWaiting, "one waits for a signal at a time");
            _source.Reset();
            _isWaiting = true;
        }

        // Outside of the gate, as it may be called at once, on this thread.
        _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((WakeSignal)state!).Cancel(token), this);
        return new ValueTask(this, _source.Version);
    }

    void IValueTaskSource.GetResult(short token)
    {
        // Waits for a cancellation that is being told right now: it must not end the next waiting.
        _cancellation.Dispose();
        _cancellation = default;
        _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _source.SetException(new OperationCanceledException(token));
    }
}
