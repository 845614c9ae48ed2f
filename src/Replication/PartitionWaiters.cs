namespace Moldau.Replication;

/// <summary>The waiters of one partition. Thread safe; costs nothing while nobody waits.</summary>
internal sealed class PartitionWaiters
{
    private readonly Lock _gate = new();
    private PartitionWaiter?[] _waiters = [];
    private volatile int _count;

    public int Count => _count;

    public void Add(PartitionWaiter waiter)
    {
        lock (_gate)
        {
            if (_count == _waiters.Length)
            {
                Array.Resize(ref _waiters, Math.Max(4, _count * 2));
            }

            _waiters[_count] = waiter;
            _count++;
        }
    }

    public void Remove(PartitionWaiter waiter)
    {
        lock (_gate)
        {
            var index = Array.IndexOf(_waiters, waiter, 0, _count);
            if (index >= 0)
            {
                _count--;
                _waiters[index] = _waiters[_count];
                _waiters[_count] = null;
            }
        }
    }

    /// <summary>Wakes all who wait now. They are called outside the lock, as they take themselves off this list.</summary>
    public void Wake()
    {
        if (_count == 0)
        {
            return;
        }

        PartitionWaiter?[] woken;
        int count;
        lock (_gate)
        {
            count = _count;
            woken = System.Buffers.ArrayPool<PartitionWaiter?>.Shared.Rent(count);
            Array.Copy(_waiters, woken, count);
        }

        for (var i = 0; i < count; i++)
        {
            woken[i]!.OnPartitionChanged();
        }

        System.Buffers.ArrayPool<PartitionWaiter?>.Shared.Return(woken, clearArray: true);
    }
}
