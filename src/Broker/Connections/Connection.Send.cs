using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>The answering half: requests in order, one sender, bounded.</summary>
public sealed partial class Connection
{
    /// <summary>A long file range is sent in pieces, so that progress shows.</summary>
    private const long FilePieceBytes = 4 * 1024 * 1024;

    private PendingRequest? _first;
    private PendingRequest? _last;
    private TaskCompletionSource? _room;
    private long _queuedBytes;
    private int _inFlight;
    private bool _sending;
    private volatile bool _draining;
    private string _drainReason = "";
    private long _mutedUntilMs;

    /// <summary>Takes a completed request's answer; becomes the sender when its turn has come and nobody sends yet.</summary>
    internal void OnCompleted(PendingRequest request, OutgoingFrame? response, string? closeReason)
    {
        bool send;
        lock (_gate)
        {
            request.IsCompleted = true;
            request.CloseReason = closeReason;
            send = !IsClosed && !_sending && _first == request;
            _sending |= send;
            if (!IsClosed)
            {
                request.Response = response;
                AddQueued(response?.MemoryBytes ?? 0);
                response = null;
            }

            if (request.ThrottleMs > 0)
            {
                _mutedUntilMs = Math.Max(_mutedUntilMs, ElapsedMs(0) + request.ThrottleMs);
            }
        }

        // Nobody sends on a closed connection.
        response?.Dispose();
        if (send)
        {
            _ = SendWaitingAsync();
        }
    }

    private PendingRequest Enqueue(PendingRequest request)
    {
        lock (_gate)
        {
            if (_last is null)
            {
                _first = request;
            }
            else
            {
                _last.Next = request;
            }

            _last = request;
            _inFlight++;
        }

        return request;
    }

    /// <summary>Waits while the connection owes too many answers, or too many bytes of them wait.</summary>
    private ValueTask WaitForRoomAsync()
    {
        lock (_gate)
        {
            if (HasRoom())
            {
                return ValueTask.CompletedTask;
            }

            // Asynchronous: the sender must not find itself reading.
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    /// <summary>A throttled client is not read until its time has passed (KIP-219).</summary>
    private ValueTask WaitWhileMutedAsync() => Volatile.Read(ref _mutedUntilMs) == 0 ? ValueTask.CompletedTask : WaitUntilUnmutedAsync();

    private async ValueTask WaitUntilUnmutedAsync()
    {
        for (long waitMs; (waitMs = Volatile.Read(ref _mutedUntilMs) - ElapsedMs(0)) > 0;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(waitMs), timeProvider: _server.Time, cancellationToken: Cancellation);
        }
    }

    private bool HasRoom() =>
        IsClosed
        || (_inFlight < Limits.InFlightRequestsMax
            && _queuedBytes < Limits.QueuedResponseBytesPerConnectionMax
            && (_queuedBytes == 0 || _server.QueuedResponseBytes < Limits.QueuedResponseBytesMax));

    private void AddQueued(long bytes)
    {
        _queuedBytes += bytes;
        _server.AddQueuedResponseBytes(bytes);
    }

    /// <summary>Sends from the head of the queue until it meets a request that is not completed. Throws nothing.</summary>
    private async Task SendWaitingAsync()
    {
        try
        {
            while (Peek() is { } request)
            {
                if (request.CloseReason is { } reason)
                {
                    Close(LogLevel.Warning, request.ApiKey < 0 ? reason : $"{_server.Processor.ApiName(request.ApiKey)}: {reason}");
                    return;
                }

                if (request.Response is { } response)
                {
                    await SendAsync(response);
                    _server.Stats.OnResponse(response.TotalBytes);
                    MarkActive();
                }

                Dequeue(request);
            }

            if (_draining)
            {
                CloseWhenAnswered(_drainReason);
            }
        }
        catch (NetworkException lost)
        {
            Close(LogLevel.Debug, lost.Message);
        }
        catch (DiskException failure)
        {
            Close(LogLevel.Error, $"an answer could not be read: {failure.Message}");
        }
        finally
        {
            if (IsClosed)
            {
                lock (_gate)
                {
                    _sending = false;
                }

                DropWaiting();
            }
        }
    }

    private PendingRequest? Peek()
    {
        lock (_gate)
        {
            if (!IsClosed && _first is { IsCompleted: true } first)
            {
                return first;
            }

            _sending = false;
            return null;
        }
    }

    private void Dequeue(PendingRequest request)
    {
        TaskCompletionSource? room = null;
        OutgoingFrame? response;
        lock (_gate)
        {
            Invariant.That(_first == request);
            _first = request.Next;
            _last = _first is null ? null : _last;
            _inFlight--;
            response = request.Response;
            request.Response = null;
            AddQueued(-(response?.MemoryBytes ?? 0));
            if (_room is not null && HasRoom())
            {
                (room, _room) = (_room, null);
            }
        }

        response?.Dispose();
        request.OnAnswered();
        room?.TrySetResult();
    }

    private async ValueTask SendAsync(OutgoingFrame response)
    {
        List<ResponsePart> parts = response.More;
        await _network.SendAsync(response.Head, moreFollows: parts.Count > 0, CancellationToken.None);
        for (int i = 0; i < parts.Count; i++)
        {
            ResponsePart part = parts[i];
            if (part.File is null)
            {
                await _network.SendAsync(part.Bytes, moreFollows: i + 1 < parts.Count, CancellationToken.None);
                continue;
            }

            for (long done = 0; done < part.Count;)
            {
                long piece = Math.Min(part.Count - done, FilePieceBytes);
                await _network.SendFileAsync(part.File, part.Position + done, piece, CancellationToken.None);
                done += piece;
                MarkActive();
            }
        }
    }

    /// <summary>Gives up the answers of a closed connection, but not the one that the sender still holds.</summary>
    private void DropWaiting()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            (room, _room) = (_room, null);
            PendingRequest? request = _sending ? _first?.Next : _first;
            for (; request is not null; request = request.Next)
            {
                if (request.Response is { } response)
                {
                    request.Response = null;
                    AddQueued(-response.MemoryBytes);
                    response.Dispose();
                }
            }
        }

        room?.TrySetResult();
    }
}
