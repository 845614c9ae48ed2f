using System.Buffers;
using System.Runtime.CompilerServices;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>
/// A connection to one broker, authenticated, whose versions are known. Requests are pipelined: they leave in the order of the calls, and a broker answers in that order. Any thread may call it.
/// A request that is not answered in time ends the connection, as with Kafka's clients: what came after it would wait, too.
/// </summary>
internal sealed partial class BrokerConnection : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<PendingRequest> _pending = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly INetworkConnection _connection;
    private readonly TimeProvider _time;
    private readonly string _clientId;
    private readonly string _peer;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _closing = new();
    private DisconnectedException? _failure;
    private int _correlationId;
    private bool _isTimerArmed;

    private BrokerConnection(INetworkConnection connection, ClientOptions options, int nodeId, string peer)
    {
        _connection = connection;
        _time = options.Seams.Time;
        _clientId = options.ClientId;
        _peer = peer;
        NodeId = nodeId;
        LastUsed = _time.GetTimestamp();
        _timer = _time.CreateTimer(static state => ((BrokerConnection)state!).CheckDeadline(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The broker's id; negative for a bootstrap server, whose id is not known yet.</summary>
    public int NodeId { get; }

    /// <summary>What the broker serves.</summary>
    public PeerVersions Versions { get; private set; } = null!;

    /// <summary>When a request was last sent, as a timestamp of the client's clock.</summary>
    public long LastUsed { get; private set; }

    /// <summary>When the broker will want this client to authenticate again (KIP-368), as a timestamp of the client's clock; <see cref="long.MaxValue"/> when never.</summary>
    public long RetiresAt { get; private set; } = long.MaxValue;

    /// <summary>False once the connection is lost: each call then throws.</summary>
    public bool IsOpen => Volatile.Read(ref _failure) is null;

    /// <summary>True while requests wait for their responses.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count > 0;
            }
        }
    }

    /// <summary>Sends a request in the highest version that both sides know, and reads the response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <param name="cancellationToken">Ends the waiting; the request may have been done.</param>
    /// <exception cref="DisconnectedException">The connection is lost, or the answer took too long.</exception>
    /// <exception cref="KafkaException">The broker does not serve the request, or not with what is asked: UNSUPPORTED_VERSION.</exception>
    public Task<TResponse> CallAsync<TResponse>(IRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse> =>
        CallAsync<TResponse>(request, Versions.Version(request.ApiKey), timeout, cancellationToken);

    /// <summary>As above, in a version of the caller's choice.</summary>
    public async Task<TResponse> CallAsync<TResponse>(IRequest request, short version, TimeSpan timeout, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        // The array is not given back to the pool: byte fields of the response are slices of it, and whoever gets it may keep it.
        ResponseLease lease = await ExchangeAsync(request, version, timeout, cancellationToken).ConfigureAwait(false);
        return Read<TResponse>(lease);
    }

    /// <summary>Sends a body that is written already. The memory must stay as it is until the task has ended; the caller disposes the lease.</summary>
    public Task<ResponseLease> ExchangeAsync(ApiKey key, short version, ReadOnlyMemory<byte> body, TimeSpan timeout, CancellationToken cancellationToken) =>
        ExchangeAsync(key, version, [body], timeout, cancellationToken);

    /// <summary>Sends a body that lies in several pieces, without putting large ones together. The memory must stay as it is until the task has ended; the caller disposes the lease.</summary>
    public async Task<ResponseLease> ExchangeAsync(ApiKey key, short version, IReadOnlyList<ReadOnlyMemory<byte>> body, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var waiter = new ResponseWaiter();
        await SendAsync(ApiCatalog.Get(key), version, body, timeout, waiter, cancellationToken).ConfigureAwait(false);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static (state, token) => ((ResponseWaiter)state!).TrySetCanceled(token), waiter);
        return await waiter.Task.ConfigureAwait(false);
    }

    /// <summary>
    /// Sends a request whose response, or the lack of one, is told to the receiver, without allocating anything. The memory must stay as it is until the task has ended <em>and</em> the receiver
    /// has been told, which may come in either order. The task never fails.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ExchangeAsync(ApiKey key, short version, IReadOnlyList<ReadOnlyMemory<byte>> body, TimeSpan timeout, IResponseReceiver receiver)
    {
        var isBegun = false;
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            PendingRequest pending = Begin(ApiCatalog.Get(key), version, timeout, receiver);
            isBegun = true;
            await SendFrameAsync(pending, body).ConfigureAwait(false);
        }
        catch (DisconnectedException lost) when (!isBegun)
        {
            receiver.Fail(lost);
        }
        catch (NetworkException lost)
        {
            // This tells the receiver, as it tells all that wait.
            Fail(new DisconnectedException($"the connection to {_peer} was lost while {key} was sent: {lost.Message}", lost));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends what is not answered: a produce request with acks=0.</summary>
    public async Task PostAsync(ApiKey key, short version, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancellationToken) =>
        await SendAsync(ApiCatalog.Get(key), version, body, Timeout.InfiniteTimeSpan, receiver: null, cancellationToken).ConfigureAwait(false);

    /// <summary>Closes the connection; what waits ends with a <see cref="DisconnectedException"/>.</summary>
    public void Dispose() => Fail(new DisconnectedException($"the connection to {_peer} was closed by this client"));

    private async Task<ResponseLease> ExchangeAsync(IRequest request, short version, TimeSpan timeout, CancellationToken cancellationToken)
    {
        byte[] body = WriteBody(request, version, out int length);
        try
        {
            return await ExchangeAsync(request.ApiKey, version, body.AsMemory(0, length), timeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private static TResponse Read<TResponse>(ResponseLease lease)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        try
        {
            return lease.Read<TResponse>();
        }
        catch (ProtocolException malformed)
        {
            throw new KafkaException(ErrorCode.UnknownServerError, $"the broker's {typeof(TResponse).Name} cannot be read: {malformed.Message}", malformed);
        }
    }

    private static byte[] WriteBody(IRequest request, short version, out int length)
    {
        var writer = new MessageWriter();
        try
        {
            request.Write(ref writer, version);
            return writer.Detach(out length);
        }
        catch (UnsupportedVersionException refused)
        {
            throw new KafkaException(ErrorCode.UnsupportedVersion, $"the broker knows {request.ApiKey} up to version {version}, which cannot say what is asked: {refused.Message}", refused);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private async ValueTask SendAsync(
        ApiInfo api, short version, IReadOnlyList<ReadOnlyMemory<byte>> body, TimeSpan timeout, IResponseReceiver? receiver, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // From here on the request is not taken back: half a frame on the wire would spoil those behind it.
            await SendFrameAsync(Begin(api, version, timeout, receiver), body).ConfigureAwait(false);
        }
        catch (NetworkException lost)
        {
            throw Fail(new DisconnectedException($"the connection to {_peer} was lost while {api.Name} was sent: {lost.Message}", lost));
        }
        finally
        {
            _turn.Release();
        }
    }

    private PendingRequest Begin(ApiInfo api, short version, TimeSpan timeout, IResponseReceiver? receiver)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                throw new DisconnectedException(_failure.Message, _failure);
            }

            LastUsed = _time.GetTimestamp();
            long deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : LastUsed + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
            var pending = new PendingRequest(api, version, ++_correlationId, deadline, receiver);
            if (receiver is not null)
            {
                _pending.Enqueue(pending);
                if (!_isTimerArmed && timeout != Timeout.InfiniteTimeSpan)
                {
                    _isTimerArmed = true;
                    _timer.Change(timeout, Timeout.InfiniteTimeSpan);
                }
            }

            return pending;
        }
    }

    /// <summary>Armed for the request that was first in the queue then: a timer for each request would cost more than the request.</summary>
    private void CheckDeadline()
    {
        PendingRequest late;
        lock (_gate)
        {
            _isTimerArmed = false;
            if (!_pending.TryPeek(out PendingRequest first) || first.Deadline == long.MaxValue || _failure is not null)
            {
                return;
            }

            long now = _time.GetTimestamp();
            if (first.Deadline > now)
            {
                _isTimerArmed = true;
                _timer.Change(_time.GetElapsedTime(now, first.Deadline), Timeout.InfiniteTimeSpan);
                return;
            }

            late = first;
        }

        Fail(new DisconnectedException($"{_peer} did not answer {late.Api.Name} in time; the connection was closed", isTimeout: true));
    }

    private DisconnectedException Fail(DisconnectedException failure)
    {
        PendingRequest[] lost;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return _failure;
            }

            Volatile.Write(ref _failure, failure);
            lost = [.. _pending];
            _pending.Clear();
        }

        _closing.Cancel();
        _connection.Dispose();
        _timer.Dispose();
        foreach (PendingRequest pending in lost)
        {
            pending.Receiver!.Fail(failure);
        }

        return failure;
    }
}
