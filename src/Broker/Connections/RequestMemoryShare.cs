using Moldau.Core;

namespace Moldau.Broker;

/// <summary>One share of the memory of requests: who does not fit waits, first come first served.</summary>
internal sealed class RequestMemoryShare(long limitBytes)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiters = [];
    private readonly long _limitBytes = limitBytes > 0 ? limitBytes : long.MaxValue;
    private long _reservedBytes;

    public long ReservedBytes
    {
        get
        {
            lock (_gate)
            {
                return _reservedBytes;
            }
        }
    }

    /// <summary>Reserves; throws <see cref="OperationCanceledException"/> when cancelled while it waits.</summary>
    public ValueTask ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_waiters.Count == 0 && Fits(bytes))
            {
                _reservedBytes += bytes;
                return ValueTask.CompletedTask;
            }

            waiter = new Waiter(bytes);
            _waiters.Enqueue(waiter);
        }

        return WaitAsync(waiter, cancellationToken);
    }

    public void Release(long bytes)
    {
        lock (_gate)
        {
            _reservedBytes -= bytes;
            Invariant.That(_reservedBytes >= 0);
            GrantWaiting();
        }
    }

    private async ValueTask WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Waiter)state!).TrySetCanceled(token), waiter);
        try
        {
            await waiter.Task;
        }
        catch (OperationCanceledException)
        {
            // It may have been first in line and too large for what is free, with smaller ones behind it.
            lock (_gate)
            {
                GrantWaiting();
            }

            throw;
        }
    }

    private void GrantWaiting()
    {
        while (_waiters.TryPeek(out Waiter? first))
        {
            if (first.Task.IsCompleted)
            {
                _waiters.Dequeue();
                continue;
            }

            if (!Fits(first.Bytes))
            {
                return;
            }

            // Continuations run elsewhere, never under the lock. A waiter cancelled in between takes nothing.
            _waiters.Dequeue();
            if (first.TrySetResult())
            {
                _reservedBytes += first.Bytes;
            }
        }
    }

    private bool Fits(long bytes) => _reservedBytes == 0 || bytes <= _limitBytes - _reservedBytes;

    /// <summary>Asynchronous continuations: a release may let in many connections, whose work must not pile up on the releaser's stack.</summary>
    private sealed class Waiter(long bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Bytes { get; } = bytes;
    }
}
