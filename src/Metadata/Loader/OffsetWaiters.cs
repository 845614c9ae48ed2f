namespace Moldau.Metadata;

/// <summary>Those who wait until the published image has reached an offset. Thread safe; those who wait go on elsewhere, not on the publisher's thread.</summary>
internal sealed class OffsetWaiters
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private long _offset = -1;

    public Task WaitAsync(long offset)
    {
        lock (_gate)
        {
            if (_offset >= offset)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter, offset);
            return waiter.Task;
        }
    }

    public void Reached(long offset)
    {
        lock (_gate)
        {
            _offset = offset;
            while (_waiting.TryPeek(out var waiter, out var wanted) && wanted <= offset)
            {
                _waiting.Dequeue();
                waiter.SetResult();
            }
        }
    }
}
