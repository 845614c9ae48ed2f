using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Runtime;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// All listeners and connections of a node: binds, accepts, counts, and stops. Lifecycle: <see cref="Bind"/> each listener, <see cref="Start"/>, at the end <see cref="StopAsync"/>.
/// Any thread may call it.
/// </summary>
public sealed class ConnectionServer
{
    /// <summary>The precision of idle and frame timeouts.</summary>
    private const int TickMs = 250;

    private readonly INetwork _network;
    private readonly Func<ListenerBinding, IConnectionAuthenticator> _authenticators;
    private readonly ConcurrentDictionary<Connection, long> _connections = new();
    private readonly List<BoundListener> _listeners = [];
    private long _queuedResponseBytes;
    private long _connectionNumber;
    private volatile bool _stopping;
    private volatile ConnectionLimits _limits;

    /// <param name="authenticators">Makes the authentication state of a new connection; null for plaintext on all listeners.</param>
    public ConnectionServer(
        INetwork network,
        IRequestProcessor processor,
        TimeProvider time,
        ILogger<ConnectionServer> logger,
        ConnectionLimits limits,
        Func<ListenerBinding, IConnectionAuthenticator>? authenticators = null)
    {
        _network = network;
        Processor = processor;
        Time = time;
        Logger = logger;
        _limits = limits;
        _authenticators = authenticators ?? (static _ => PlaintextAuthenticator.Instance);
        RequestMemory = new RequestMemory(limits.QueuedRequestBytesMax);
        Rate = new ConnectionRate(time);
        Wheel = new TimingWheel(time, TickMs);
    }

    public ConnectionStats Stats { get; } = new();

    public RequestMemory RequestMemory { get; }

    /// <summary>The limits in force. A new value counts for new requests and connections; <see cref="ConnectionLimits.QueuedRequestBytesMax"/> keeps its first value.</summary>
    public ConnectionLimits Limits
    {
        get => _limits;
        set
        {
            _limits = value;
            Quotas.Recheck();
        }
    }

    /// <summary>Bytes of answers that wait in memory for slow peers.</summary>
    public long QueuedResponseBytes => Interlocked.Read(ref _queuedResponseBytes);

    internal IRequestProcessor Processor { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal ConnectionQuotas Quotas { get; } = new();

    internal ConnectionRate Rate { get; }

    internal TimingWheel Wheel { get; }

    /// <summary>Binds a listener without accepting yet. Throws <see cref="NetworkException"/> when the address cannot be had, <see cref="NotSupportedException"/> when its protocol is not spoken.</summary>
    public BoundListener Bind(ListenerBinding endpoint)
    {
        if (endpoint.SecurityProtocol != SecurityProtocol.Plaintext)
        {
            throw new NotSupportedException($"listener {endpoint.Name}: only PLAINTEXT is supported, not {endpoint.SecurityProtocol}");
        }

        var listener = new BoundListener(this, endpoint, _network.Listen(endpoint.Host, endpoint.Port));
        _listeners.Add(listener);
        return listener;
    }

    /// <summary>Begins to accept on all bound listeners.</summary>
    public void Start()
    {
        foreach (BoundListener listener in _listeners)
        {
            listener.Start();
        }
    }

    /// <summary>Accepts no more, lets what is under way be answered, and closes what is left after <paramref name="drainTime"/>.</summary>
    public async Task StopAsync(TimeSpan drainTime)
    {
        _stopping = true;
        foreach (BoundListener listener in _listeners)
        {
            listener.Dispose();
            await listener.Stopped();
        }

        foreach (Connection connection in _connections.Keys)
        {
            connection.CloseWhenAnswered("the node stops");
        }

        await WaitUntilClosedAsync(drainTime);
        foreach (Connection connection in _connections.Keys)
        {
            connection.Close(LogLevel.Information, "the node stops, and its requests were not answered in time");
        }

        Wheel.Dispose();
    }

    internal IConnectionAuthenticator NewAuthenticator(ListenerBinding listener) => _authenticators(listener);

    internal void AddQueuedResponseBytes(long bytes) => Interlocked.Add(ref _queuedResponseBytes, bytes);

    internal void Serve(INetworkConnection accepted, ListenerBinding listener)
    {
        if (!Quotas.TryTake(listener, accepted.RemoteEndPoint.Address, Limits))
        {
            Stats.OnRefused();
            Logger.LogInformation("Refused connection from {Peer} on listener {Listener}: its address has too many", accepted.RemoteEndPoint, listener.Name);
            accepted.Dispose();
            return;
        }

        Stats.OnAccepted();
        var connection = new Connection(this, accepted, listener, Interlocked.Increment(ref _connectionNumber));
        _connections.TryAdd(connection, 0);
        if (Quotas.IsOver(Limits))
        {
            CloseLeastRecentlyUsed();
        }

        if (_stopping)
        {
            connection.CloseWhenAnswered("the node stops");
        }

        _ = connection.RunAsync();
    }

    internal void OnClosed(Connection connection, bool violation)
    {
        if (_connections.TryRemove(connection, out _))
        {
            Stats.OnClosed(violation);
            Quotas.Release(connection.Listener, connection.RemoteEndPoint.Address);
        }
    }

    /// <summary>Makes room for another broker: the connection of another listener that was quiet longest goes.</summary>
    private void CloseLeastRecentlyUsed()
    {
        Connection? oldest = null;
        foreach (Connection connection in _connections.Keys)
        {
            if (!connection.Listener.IsInterBroker && (oldest is null || connection.LastActiveTimestamp < oldest.LastActiveTimestamp))
            {
                oldest = connection;
            }
        }

        oldest?.Close(LogLevel.Information, "max.connections is reached and another broker needs the place");
    }

    private async Task WaitUntilClosedAsync(TimeSpan drainTime)
    {
        long started = Time.GetTimestamp();
        while (!_connections.IsEmpty)
        {
            Task released = Quotas.NextRelease();
            TimeSpan left = drainTime - Time.GetElapsedTime(started);
            if (_connections.IsEmpty || left <= TimeSpan.Zero)
            {
                return;
            }

            try
            {
                await released.FollowAsync().WaitAsync(left, Time);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }
}
