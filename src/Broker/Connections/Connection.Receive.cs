using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Moldau.Broker;

/// <summary>The receiving half: sizes, limits, memory, one frame at a time.</summary>
public sealed partial class Connection
{
    private const int FrameSizeBytes = OutgoingFrame.SizeBytes;

    /// <summary>Bytes received ahead of a frame's own buffer, so that small requests cost one receive.</summary>
    private const int AheadBytes = 2048;

    /// <summary>Size, API key and version: enough to judge a request before its body is read.</summary>
    private const int PrefixBytes = 8;

    /// <summary>The smallest request header: API key, version and correlation id.</summary>
    private const int FrameBytesMin = 8;

    /// <summary>Frames handled without a real wait before the loop leaves the completion thread to other connections.</summary>
    private const int FramesPerTurnMax = 64;

    private readonly byte[] _ahead = new byte[AheadBytes];
    private int _aheadStart;
    private int _aheadEnd;
    private int _framesThisTurn;
    private PendingRequest? _spare;

    /// <summary>The next request, already in the queue; null when the connection has ended or is about to.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PendingRequest?> ReadFrameAsync()
    {
        await WaitForRoomAsync();
        await WaitWhileMutedAsync();
        if (_draining || !await FillAsync(FrameSizeBytes))
        {
            return null;
        }

        int frameBytes = BinaryPrimitives.ReadInt32BigEndian(Ahead);
        if (RefuseSize(frameBytes) is { } refusal)
        {
            return Refuse(refusal);
        }

        if (!await FillAsync(PrefixBytes))
        {
            return null;
        }

        short apiKey = BinaryPrimitives.ReadInt16BigEndian(Ahead[4..]);
        Admission admission = _server.Processor.Admit(this, apiKey, BinaryPrimitives.ReadInt16BigEndian(Ahead[6..]), frameBytes);
        if (admission.Refusal is not null)
        {
            return Refuse(admission.Refusal);
        }

        StopFrameClock();
        await Memory.ReserveAsync(admission.MemoryBytes, Cancellation);
        PendingRequest request = NewRequest();
        FrameBuffer frame = request.Begin(apiKey, frameBytes, AheadBytes, admission.MemoryBytes);
        bool whole = false;
        try
        {
            whole = await ReceiveBodyAsync(frame);
        }
        finally
        {
            if (!whole)
            {
                request.ReleaseFrame();
            }
        }

        if (!whole)
        {
            return null;
        }

        _server.Stats.OnRequest(frameBytes + FrameSizeBytes);
        return Enqueue(request);
    }

    /// <summary>A request's objects serve the next one of the connection, so that a stream of requests of one kind costs no memory.</summary>
    private PendingRequest NewRequest()
    {
        PendingRequest request = _spare ?? new PendingRequest(this);
        _spare = null;
        return request;
    }

    private void KeepForNext(PendingRequest request)
    {
        if (request.MayBecomeAnother)
        {
            request.Clear();
            _spare = request;
        }
    }

    private Span<byte> Ahead => _ahead.AsSpan(_aheadStart, _aheadEnd - _aheadStart);

    /// <summary>Has at least <paramref name="count"/> bytes ahead; false when the peer closed before.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync(int count)
    {
        if (!Ahead.IsEmpty)
        {
            StartFrameClock();
        }

        while (Ahead.Length < count)
        {
            if (_aheadStart > 0)
            {
                Ahead.CopyTo(_ahead);
                _aheadEnd -= _aheadStart;
                _aheadStart = 0;
            }

            int received = await ReceiveAsync(_ahead.AsMemory(_aheadEnd));
            if (received == 0)
            {
                CloseWhenAnswered(Ahead.IsEmpty ? "the peer closed it" : "the peer closed it within a frame");
                return false;
            }

            _aheadEnd += received;
            StartFrameClock();
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveBodyAsync(FrameBuffer frame)
    {
        _frameBytes = frame.Length;
        _aheadStart += FrameSizeBytes;
        int done = Math.Min(frame.Length, Ahead.Length);
        Ahead[..done].CopyTo(frame.Memory.Span);
        _aheadStart += done;
        if (done < frame.Length)
        {
            StartFrameClock();
        }

        while (done < frame.Length)
        {
            // The room behind the frame takes the beginning of the next one, which costs no receive of its own then.
            int received = await ReceiveAsync(frame.MemoryWithRoom[done..(frame.Length + AheadBytes)]);
            if (received == 0)
            {
                CloseWhenAnswered(string.Create(CultureInfo.InvariantCulture, $"the peer closed it after {done} of the {frame.Length} bytes of a frame"));
                return false;
            }

            done += received;
        }

        if (done > frame.Length)
        {
            _aheadStart = 0;
            _aheadEnd = done - frame.Length;
            frame.MemoryWithRoom.Span[frame.Length..done].CopyTo(_ahead);
        }

        StopFrameClock();
        MarkActive();
        if (++_framesThisTurn >= FramesPerTurnMax)
        {
            _framesThisTurn = 0;
            await Task.Yield();
        }

        return true;
    }

    private ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        ValueTask<int> receive = _network.ReceiveAsync(buffer, CancellationToken.None);
        if (!receive.IsCompleted)
        {
            _framesThisTurn = 0;
        }

        return receive;
    }

    private string? RefuseSize(int frameBytes)
    {
        bool authenticated = Authenticator.IsAuthenticated;
        int max = authenticated ? Limits.RequestBytesMax : Math.Min(Limits.RequestBytesMax, Limits.UnauthenticatedRequestBytesMax);
        if (frameBytes >= FrameBytesMin && frameBytes <= max)
        {
            return null;
        }

        string hint = GuessProtocol(frameBytes) is { } protocol ? $" ({protocol}?)" : "";
        return frameBytes < FrameBytesMin
            ? string.Create(CultureInfo.InvariantCulture, $"frame of {frameBytes} bytes, less than a request header{hint}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"frame of {frameBytes} bytes, more than the {max} of {(authenticated ? "socket.request.max.bytes" : "a connection that has not authenticated")}{hint}");
    }

    /// <summary>What else starts with these four bytes.</summary>
    private static string? GuessProtocol(int firstBytes) => (firstBytes >>> 24, firstBytes) switch
    {
        (0x16, _) => "TLS on a plaintext listener",
        (_, 0x47455420 or 0x504F5354 or 0x48454144 or 0x50555420 or 0x50524920) => "HTTP",
        _ => null,
    };

    private PendingRequest? Refuse(string reason)
    {
        // Those before it in the pipeline are still answered.
        Enqueue(new PendingRequest(this)).Abort(reason);
        return null;
    }
}
