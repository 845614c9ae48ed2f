using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>
/// What producer, consumer and admin share: the view of the cluster, its refreshing, connections, and requests that are tried again. Made with its options, nothing is connected before the first
/// call. Any thread may call it; disposing closes all connections and ends what waits.
/// </summary>
internal sealed partial class ClusterClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HostPort[] _bootstrap;
    private readonly ConnectionPool _connections;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _refreshTimer;
    private readonly ILogger _log;
    private ClusterView _view = ClusterView.Empty;

    /// <exception cref="ConfigurationException"><see cref="ClientOptions.BootstrapServers"/> is empty or malformed.</exception>
    public ClusterClient(ClientOptions options)
    {
        Options = options;
        Time = options.Seams.Time;
        _bootstrap = BootstrapAddresses.Shuffled(BootstrapAddresses.Parse(options.Bootstrap.Key, options.Bootstrap.Servers), options.Seams.Entropy);
        _connections = new ConnectionPool(options);
        _backoff = new Backoff(options.RetryBackoff, options.RetryBackoffMax, options.Seams.Entropy);
        _log = options.Seams.Logging.CreateLogger<ClusterClient>();
        _refreshTimer = Time.CreateTimer(static state => ((ClusterClient)state!).RequestRefresh(), this, options.MetadataMaxAge, options.MetadataMaxAge);
    }

    public ClientOptions Options { get; }

    public TimeProvider Time { get; }

    /// <summary>What is known now. Capture it once and decide by that.</summary>
    public ClusterView View => Volatile.Read(ref _view);

    /// <summary>Ends when the client is disposed.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>A connection to a broker of the view.</summary>
    /// <exception cref="DisconnectedException">It cannot be had, or the broker is not known (any more); the view is refreshed.</exception>
    /// <exception cref="AuthenticationException">One side does not take the other.</exception>
    public async ValueTask<BrokerConnection> ConnectAsync(int nodeId, ConnectionPurpose purpose, CancellationToken cancellationToken)
    {
        if (!View.Brokers.TryGetValue(nodeId, out BrokerView? broker))
        {
            RequestRefresh();
            throw new DisconnectedException($"broker {nodeId} is not known");
        }

        try
        {
            return await _connections.GetAsync(broker, purpose, cancellationToken).ConfigureAwait(false);
        }
        catch (DisconnectedException)
        {
            RequestRefresh();
            throw;
        }
    }

    /// <summary>Asks one broker, once.</summary>
    /// <exception cref="KafkaException">Lost connections are <see cref="DisconnectedException"/>; the view is refreshed then.</exception>
    public async Task<TResponse> CallAsync<TResponse>(int nodeId, IRequest request, CancellationToken cancellationToken, ConnectionPurpose purpose = ConnectionPurpose.General)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        try
        {
            BrokerConnection connection = await ConnectAsync(nodeId, purpose, cancellationToken).ConfigureAwait(false);
            return await connection.CallAsync<TResponse>(request, Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DisconnectedException)
        {
            RequestRefresh();
            throw;
        }
    }

    /// <summary>Asks some broker; another one when that is lost, until <see cref="ClientOptions.DefaultApiTimeout"/> has passed.</summary>
    public Task<TResponse> CallAnyAsync<TResponse>(IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse> =>
        RetryAsync(
            $"{request.ApiKey}",
            async cancellation =>
            {
                BrokerConnection connection = await AnyAsync(cancellation).ConfigureAwait(false);
                return await connection.CallAsync<TResponse>(request, Options.RequestTimeout, cancellation).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Asks the broker that stands for the controller, and again while the error that the response carries is one that passes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="errorOf">The error of the response as a whole; errors of its parts are the caller's.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<TResponse> CallControllerAsync<TResponse>(IRequest request, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse> =>
        RetryAsync(
            $"{request.ApiKey}",
            async cancellation =>
            {
                BrokerConnection connection = await ControllerAsync(cancellation).ConfigureAwait(false);
                TResponse response = await connection.CallAsync<TResponse>(request, Options.RequestTimeout, cancellation).ConfigureAwait(false);
                if (errorOf(response) is ErrorCode.NotController)
                {
                    RequestRefresh();
                }

                return ThrowIfRetriable(response, errorOf(response), $"{request.ApiKey}");
            },
            cancellationToken);

    /// <summary>
    /// Does something again, after a growing wait, while it fails with what may pass (<see cref="KafkaException.IsRetriable"/>), until <see cref="ClientOptions.DefaultApiTimeout"/> has passed.
    /// </summary>
    /// <param name="what">What is done, for the message of the failure.</param>
    /// <param name="attempt">One attempt. Its token ends with the time-out.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="KafkaException">It failed with what does not pass, or went on failing: REQUEST_TIMED_OUT with the last failure in it.</exception>
    public async Task<T> RetryAsync<T>(string what, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Options.DefaultApiTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken, _closing.Token);
        KafkaException? last = null;
        for (int failures = 1; ; failures++)
        {
            try
            {
                try
                {
                    return await attempt(either.Token).ConfigureAwait(false);
                }
                catch (KafkaException failure) when (failure.IsRetriable)
                {
                    last = failure;
                    LogRetry(_log, what, failure.Message, failures);
                }

                await Task.Delay(_backoff.After(failures), Time, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
                last ??= RefreshFailure;
                throw new KafkaException(
                    ErrorCode.RequestTimedOut,
                    $"{what} did not succeed within {Options.DefaultApiTimeout.TotalSeconds:0.###} s{(last is null ? "" : $": {last.Message}")}",
                    last);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _closing.Cancel();
        _refreshTimer.Dispose();
        _connections.Dispose();
        return ValueTask.CompletedTask;
    }

    private static TResponse ThrowIfRetriable<TResponse>(TResponse response, ErrorCode error, string what)
        where TResponse : class, IResponse =>
        error.IsRetriable() ? throw KafkaException.Of(error, what) : response;

    /// <summary>An open connection, or a new one to some broker of the view, or else the answer of a refresh.</summary>
    public async Task<BrokerConnection> AnyAsync(CancellationToken cancellationToken)
    {
        if (_connections.AnyOpen() is { } open)
        {
            return open;
        }

        ClusterView view = View.Brokers.Count > 0 ? View : await RefreshAsync(cancellationToken).ConfigureAwait(false);
        foreach (BrokerView broker in view.Brokers.Values)
        {
            try
            {
                return await _connections.GetAsync(broker, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false);
            }
            catch (DisconnectedException)
            {
                // The next broker may be there; that none is, is thrown below.
            }
        }

        RequestRefresh();
        throw new DisconnectedException($"none of the {view.Brokers.Count} known brokers can be reached");
    }

    /// <summary>A connection to who stands for the controller: a broker that passes requests on, or the active controller itself where controllers are asked.</summary>
    public async Task<BrokerConnection> ControllerAsync(CancellationToken cancellationToken)
    {
        ClusterView view = View.ControllerId >= 0 ? View : await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return view.ControllerId >= 0
            ? await ConnectAsync(view.ControllerId, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false)
            : await AnyAsync(cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Debug, "{What} failed and is tried again: {Failure} (attempt {Attempt})")]
    private static partial void LogRetry(ILogger log, string what, string failure, int attempt);
}
