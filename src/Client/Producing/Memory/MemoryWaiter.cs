using System.Threading.Tasks.Sources;

namespace Moldau.Client;

/// <summary>One wait for memory. It is used again after its result was read, so that a producer that always waits allocates nothing.</summary>
internal sealed class MemoryWaiter(BufferMemory owner) : IValueTaskSource<byte[]?>
{
    private ManualResetValueTaskSourceCore<byte[]?> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;

    public int SizeBytes { get; private set; }

    public long DeadlineMs { get; private set; }

    public ValueTask<byte[]?> Task => new(this, _source.Version);

    public void Begin(int sizeBytes, long deadlineMs)
    {
        _source.Reset();
        _registration = default;
        _cancellation = default;
        SizeBytes = sizeBytes;
        DeadlineMs = deadlineMs;
    }

    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(static waiter => ((MemoryWaiter)waiter!).Cancel(), this);
        }
    }

    public void Grant(byte[] buffer) => _source.SetResult(buffer);

    public void Expire() => _source.SetResult(null);

    public void Fail(Exception failure) => _source.SetException(failure);

    public byte[]? GetResult(short token)
    {
        // The registration is gone before the waiter is used again, so that no late cancellation meets the next wait.
        _registration.Dispose();
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            owner.Recycle(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel()
    {
        if (owner.Withdraw(this))
        {
            _source.SetException(new OperationCanceledException(_cancellation));
        }
    }
}
