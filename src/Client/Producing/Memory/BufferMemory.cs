namespace Moldau.Client;

/// <summary>
/// The memory of a producer's batches, bounded by <c>buffer.memory</c>: whoever finds none waits in line, first come, first served. Buffers of the usual size are
/// kept for the next batch; larger ones, for records that are larger than a batch, are made and dropped. Any thread may call it.
/// </summary>
internal sealed class BufferMemory(long limitBytes, int blockBytes)
{
    /// <summary>Whoever has run out of memory goes on when this part of it is free again, not at the first batch that is done: it would be woken for each batch, and wait again after it.</summary>
    private const int RefillDivisor = 8;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]> _blocks = new();
    private readonly Queue<MemoryWaiter> _waiters = new();
    private readonly Stack<MemoryWaiter> _idleWaiters = new();
    private long _availableBytes = limitBytes;
    private int _waitersCount;
    private bool _isRefilling;
    private bool _isClosed;

    /// <summary>The size of a usual buffer.</summary>
    public int BlockBytes => blockBytes;

    public long LimitBytes { get; } = limitBytes;

    /// <summary>What no batch holds now.</summary>
    public long AvailableBytes => Volatile.Read(ref _availableBytes);

    /// <summary>Whether somebody waits: batches then go out before they are full.</summary>
    public bool IsExhausted => Volatile.Read(ref _waitersCount) > 0;

    /// <summary>Takes a buffer of at least so many bytes without waiting; false when there is no memory, or others wait already.</summary>
    public bool TryTake(int sizeBytes, out byte[] buffer)
    {
        buffer = [];
        bool isBlock = sizeBytes <= blockBytes;
        lock (_gate)
        {
            int charge = isBlock ? blockBytes : sizeBytes;
            if (_waiters.Count > 0 || _availableBytes < charge)
            {
                return false;
            }

            _availableBytes -= charge;
            if (isBlock && _blocks.TryPop(out byte[]? block))
            {
                buffer = block;
                return true;
            }
        }

        buffer = Allocate(sizeBytes);
        return true;
    }

    /// <summary>
    /// Waits for a buffer of at least so many bytes. The result is null when <paramref name="deadlineMs"/>, by the clock of <see cref="ExpireWaiters"/>, passes first.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The memory was closed.</exception>
    public ValueTask<byte[]?> TakeAsync(int sizeBytes, long deadlineMs, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<byte[]?>(cancellationToken);
        }

        MemoryWaiter waiter;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Producer));
            waiter = _idleWaiters.TryPop(out MemoryWaiter? idle) ? idle : new MemoryWaiter(this);
            waiter.Begin(Math.Max(sizeBytes, blockBytes), deadlineMs);
            _isRefilling |= _waiters.Count == 0;
            _waiters.Enqueue(waiter);
            _waitersCount = _waiters.Count;
        }

        waiter.CancelWith(cancellationToken);
        Grant();
        return waiter.Task;
    }

    /// <summary>Takes a buffer back and gives it to whoever waits first.</summary>
    public void Return(byte[] buffer)
    {
        lock (_gate)
        {
            _availableBytes += buffer.Length;
            if (buffer.Length == blockBytes)
            {
                _blocks.Push(buffer);
            }
        }

        if (IsExhausted)
        {
            Grant();
        }
    }

    /// <summary>Ends waits whose deadline has passed; returns the earliest deadline that is left, <see cref="long.MaxValue"/> for none.</summary>
    public long ExpireWaiters(long nowMs)
    {
        if (!IsExhausted)
        {
            return long.MaxValue;
        }

        long nextMs = long.MaxValue;
        List<MemoryWaiter>? expired = null;
        lock (_gate)
        {
            foreach (MemoryWaiter waiter in _waiters)
            {
                if (waiter.DeadlineMs <= nowMs)
                {
                    (expired ??= []).Add(waiter);
                }
                else
                {
                    nextMs = Math.Min(nextMs, waiter.DeadlineMs);
                }
            }

            RemoveAll(expired);
        }

        expired?.ForEach(waiter => waiter.Expire());
        return nextMs;
    }

    /// <summary>Ends all waits; later ones fail at once.</summary>
    public void Close()
    {
        List<MemoryWaiter> waiting;
        lock (_gate)
        {
            _isClosed = true;
            waiting = [.. _waiters];
            RemoveAll(waiting);
        }

        waiting.ForEach(waiter => waiter.Fail(new ObjectDisposedException(nameof(Producer))));
    }

    /// <summary>Takes a waiter that is cancelled out of the line; false when it was served already.</summary>
    internal bool Withdraw(MemoryWaiter waiter)
    {
        bool isWithdrawn;
        lock (_gate)
        {
            isWithdrawn = _waiters.Contains(waiter);
            if (isWithdrawn)
            {
                RemoveAll([waiter]);
            }
        }

        Grant();
        return isWithdrawn;
    }

    /// <summary>Takes back a waiter whose result was read.</summary>
    internal void Recycle(MemoryWaiter waiter)
    {
        lock (_gate)
        {
            _idleWaiters.Push(waiter);
        }
    }

    private void Grant()
    {
        while (true)
        {
            MemoryWaiter waiter;
            byte[]? block = null;
            lock (_gate)
            {
                if (!_waiters.TryPeek(out MemoryWaiter? first) || _availableBytes < Math.Max(first.SizeBytes, _isRefilling ? LimitBytes / RefillDivisor : 0))
                {
                    return;
                }

                _isRefilling = false;
                waiter = _waiters.Dequeue();
                _waitersCount = _waiters.Count;
                _availableBytes -= waiter.SizeBytes;
                if (waiter.SizeBytes == blockBytes)
                {
                    _blocks.TryPop(out block);
                }
            }

            waiter.Grant(block ?? Allocate(waiter.SizeBytes));
        }
    }

    private void RemoveAll(List<MemoryWaiter>? gone)
    {
        if (gone is not { Count: > 0 })
        {
            return;
        }

        for (int left = _waiters.Count; left > 0; left--)
        {
            MemoryWaiter waiter = _waiters.Dequeue();
            if (!gone.Contains(waiter))
            {
                _waiters.Enqueue(waiter);
            }
        }

        _waitersCount = _waiters.Count;
    }

    /// <summary>Buffers stay where they are in memory for life, as they are handed to the system again and again.</summary>
    private byte[] Allocate(int sizeBytes) => GC.AllocateUninitializedArray<byte>(Math.Max(sizeBytes, blockBytes), pinned: sizeBytes <= blockBytes);
}
