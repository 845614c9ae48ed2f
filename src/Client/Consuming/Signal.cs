namespace Moldau.Client;

/// <summary>Wakes the one that waits; set while nobody waits, it wakes the next at once. It may wake once too often, never too seldom. Continuations never run on the thread that sets it. Any thread.</summary>
internal sealed class Signal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiter;
    private bool _isSet;

    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            // Set also when somebody waits: who waited may have gone on already, as its time was up. To be woken once for nothing does no harm, as all that wait look first.
            waiter = _waiter;
            _waiter = null;
            _isSet = true;
        }

        waiter?.TrySetResult();
    }

    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return Task.CompletedTask;
            }

            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }

    /// <summary>Waits for the signal, but no longer than that.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        Task signalled = WaitAsync();
        if (signalled.IsCompleted)
        {
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(signalled, Task.Delay(timeout, time, over.Token)).ConfigureAwait(false);
        over.Cancel();
    }
}
