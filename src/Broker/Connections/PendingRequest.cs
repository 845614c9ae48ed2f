using System.Diagnostics.CodeAnalysis;
using Moldau.Core;

namespace Moldau.Broker;

/// <summary>
/// A request between its frame and its answer. Stage one, dispatched: its effects have their place in the order, the connection may go on to its next request. Stage two, completed: its
/// answer is there and is sent once all earlier ones are. Whoever processes it calls <see cref="Complete"/> or <see cref="Abort"/> exactly once, from any thread.
/// Where its handler says that it keeps nothing of it (<see cref="RequestHandler.KeepsNothing"/>), the connection uses the object, its frame, its context and its answer again once all of them
/// are done with: only when it was completed before its processing returned, so that nobody else has seen it.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The connection disposes the answer when it is sent or dropped.")]
public sealed class PendingRequest
{
    private const int Running = 0;
    private const int Awaited = 1;
    private const int DispatchedState = 2;

    private readonly FrameBuffer _frame = FrameBuffer.Empty();
    private TaskCompletionSource? _dispatched;
    private OutgoingFrame? _answer;
    private long _reservedBytes;
    private int _state;
    private int _completed;
    private bool _isLeft;
    private bool _isAnswered;

    internal PendingRequest(Connection connection) => Connection = connection;

    public Connection Connection { get; }

    /// <summary>-1 for one that is refused before it is read.</summary>
    public short ApiKey { get; private set; } = -1;

    /// <summary>The request's header and body. Slices of it live until completion, or until <see cref="ReleaseFrame"/>.</summary>
    public Memory<byte> Frame => _frame.Memory;

    /// <summary>How long the connection is not read after this request (KIP-219). Set before completion.</summary>
    public long ThrottleMs { get; set; }

    internal PendingRequest? Next { get; set; }

    /// <summary>The context of the request before, for the next one; null when there is none.</summary>
    internal RequestContext? Context { get; set; }

    /// <summary>The handler keeps nothing of the request. Set by the pipeline before it is served.</summary>
    internal bool HandlerKeepsNothing { get; set; }

    /// <summary>Whether nobody looks at it any more, so that it may become the connection's next request. Asked by the connection's loop when the processing has returned.</summary>
    internal bool MayBecomeAnother => HandlerKeepsNothing && Volatile.Read(ref _isLeft) && Volatile.Read(ref _isAnswered);

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
        _frame.Return();
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

        // The last touch: another thread may make it another request from here on.
        Volatile.Write(ref _isLeft, true);
    }

    /// <summary>Closes the connection once all earlier requests are answered; the log tells <paramref name="reason"/>.</summary>
    public void Abort(string reason)
    {
        Invariant.That(Interlocked.Exchange(ref _completed, 1) == 0, "a request is completed once");
        ReleaseFrame();
        Connection.OnCompleted(this, response: null, reason);
        MarkDispatched();
    }

    /// <summary>Becomes a request of that size: its frame has memory, and room behind it.</summary>
    internal FrameBuffer Begin(short apiKey, int frameBytes, int roomBytes, long reservedBytes)
    {
        ApiKey = apiKey;
        _reservedBytes = reservedBytes;
        _frame.Refill(frameBytes, roomBytes);
        return _frame;
    }

    /// <summary>Forgets the request that it was.</summary>
    internal void Clear()
    {
        Invariant.That(MayBecomeAnother);
        Next = null;
        IsCompleted = false;
        HandlerKeepsNothing = false;
        ThrottleMs = 0;
        _dispatched = null;
        _state = Running;
        _completed = 0;
        _isLeft = false;
        _isAnswered = false;
    }

    /// <summary>The object of an answer: that of the request before where there is one.</summary>
    internal OutgoingFrame Answer(byte[] head, int length)
    {
        if (_answer is null)
        {
            return _answer = new OutgoingFrame(head, length);
        }

        _answer.Refill(head, length);
        return _answer;
    }

    /// <summary>The connection has sent its answer, or dropped it, and disposed it.</summary>
    internal void OnAnswered() => Volatile.Write(ref _isAnswered, true);

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
