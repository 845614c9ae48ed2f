using Moldau.Core;

namespace Moldau.Broker;

/// <summary>
/// A request between its frame and its answer. Stage one, dispatched: its effects have their place in the order, the connection may go on to its next request. Stage two, completed: its
/// answer is there and is sent once all earlier ones are. Whoever processes it calls <see cref="Complete"/> or <see cref="Abort"/> exactly once, from any thread.
/// </summary>
public sealed class PendingRequest
{
    private const int Running = 0;
    private const int Awaited = 1;
    private const int DispatchedState = 2;

    private readonly FrameBuffer? _frame;
    private TaskCompletionSource? _dispatched;
    private long _reservedBytes;
    private int _state;
    private int _completed;

    internal PendingRequest(Connection connection, short apiKey, FrameBuffer? frame, long reservedBytes)
    {
        Connection = connection;
        ApiKey = apiKey;
        _frame = frame;
        _reservedBytes = reservedBytes;
    }

    public Connection Connection { get; }

    public short ApiKey { get; }

    /// <summary>The request's header and body. Slices of it live until completion, or until <see cref="ReleaseFrame"/>.</summary>
    public Memory<byte> Frame => _frame!.Memory;

    /// <summary>How long the connection is not read after this request (KIP-219). Set before completion.</summary>
    public long ThrottleMs { get; set; }

    internal PendingRequest? Next { get; set; }

    /// <summary>Set under the connection's lock.</summary>
    internal bool IsCompleted { get; set; }

    /// <summary>The answer; null when there is none to send (acks=0).</summary>
    internal OutgoingFrame? Response { get; set; }

    /// <summary>Why the connection closes when this request's turn has come; null when it does not.</summary>
    internal string? CloseReason { get; set; }

    /// <summary>Stage one: the next request of the connection may be processed. Completion implies it. Any thread; later calls do nothing.</summary>
    public void MarkDispatched()
    {
        if (Interlocked.Exchange(ref _state, DispatchedState) == Awaited)
        {
            _dispatched!.SetResult();
        }
    }

    /// <summary>Returns the frame's buffer and memory early, for a request that waits long and needs its bytes no more.</summary>
    public void ReleaseFrame()
    {
        _frame?.Return();
        long reserved = Interlocked.Exchange(ref _reservedBytes, 0);
        if (reserved > 0)
        {
            Connection.Memory.Release(reserved);
        }
    }

    /// <summary>Stage two: the answer, or null for none. The frame goes back; the connection owns the answer from here on.</summary>
    public void Complete(OutgoingFrame? response)
    {
        Invariant.That(Interlocked.Exchange(ref _completed, 1) == 0, "a request is completed once");
        response?.Seal();
        ReleaseFrame();
        Connection.OnCompleted(this, response, closeReason: null);
        MarkDispatched();
    }

    /// <summary>Closes the connection once all earlier requests are answered; the log tells <paramref name="reason"/>.</summary>
    public void Abort(string reason)
    {
        Invariant.That(Interlocked.Exchange(ref _completed, 1) == 0, "a request is completed once");
        ReleaseFrame();
        Connection.OnCompleted(this, response: null, reason);
        MarkDispatched();
    }

    /// <summary>Waits for stage one.</summary>
    internal ValueTask WaitDispatchedAsync()
    {
        if (Volatile.Read(ref _state) == DispatchedState)
        {
            return ValueTask.CompletedTask;
        }

        // Asynchronous: whoever completes a request must not find itself reading the next one.
        _dispatched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _state, Awaited, Running) == Running ? new ValueTask(_dispatched.Task) : ValueTask.CompletedTask;
    }
}
