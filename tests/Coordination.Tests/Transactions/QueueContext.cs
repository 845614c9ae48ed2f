namespace Moldau.Coordination.Tests;

/// <summary>Keeps what follows an await until the test runs it, on its own thread, so that asynchronous code does the same each time.</summary>
internal sealed class QueueContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_queue)
        {
            _queue.Enqueue((d, state));
        }
    }

    /// <summary>Runs what is queued; false when that was nothing.</summary>
    public bool RunAll()
    {
        var any = false;
        while (TryTake(out var next))
        {
            next.Callback(next.State);
            any = true;
        }

        return any;
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (_queue)
        {
            return _queue.TryDequeue(out next);
        }
    }
}
