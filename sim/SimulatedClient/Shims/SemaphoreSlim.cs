namespace Moldau.Client;

/// <summary>Hides the framework's for the client in simulation, which awaits within itself on the thread pool. Who waits goes on in the order of coming.</summary>
internal sealed class SemaphoreSlim(int initialCount, int maxCount)
{
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private int _count = initialCount;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_count > 0)
        {
            _count--;
            return;
        }

        var place = new TaskCompletionSource();
        LinkedListNode<TaskCompletionSource> node = _waiting.AddLast(place);
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                if (node.List is not null)
                {
                    _waiting.Remove(node);
                    place.SetCanceled(token);
                }
            },
            null);
        await place.Task;
    }

    public void Release()
    {
        if (_waiting.First is { } first)
        {
            _waiting.RemoveFirst();
            first.Value.SetResult();
        }
        else if (_count < maxCount)
        {
            _count++;
        }
        else
        {
            throw new SemaphoreFullException();
        }
    }
}
