using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Logging;
using Moldau.Runtime;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// One accepted connection: a loop that reads frames one after the other, a queue of requests in their order, and a sender that answers the completed ones from its head. It lives until the
/// peer closes, breaks the protocol or a limit, idles too long, or the node stops. The loop runs inline on the socket's completion; processing must not block there.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The token source has no timer and is cancelled at the end; disposing it would race with its last users.")]
public sealed partial class Connection
{
    private readonly Lock _gate = new();
    private readonly ConnectionServer _server;
    private readonly INetworkConnection _network;
    private readonly CancellationTokenSource _closing = new();
    private readonly long _number;
    private int _closed;

    internal Connection(ConnectionServer server, INetworkConnection network, ListenerBinding listener, long number)
    {
        _server = server;
        _network = network;
        Listener = listener;
        _number = number;
        Id = $"{network.LocalEndPoint}-{network.RemoteEndPoint}-{number}";
        Authenticator = server.NewAuthenticator(listener);
        Cancellation = _closing.Token;
        _lastActiveTimestamp = server.Time.GetTimestamp();
        _watch = new ConnectionWatch(this);
    }

    /// <summary>Local and remote address and a running number: one connection in the log.</summary>
    public string Id { get; }

    public ListenerBinding Listener { get; }

    public IPEndPoint RemoteEndPoint => _network.RemoteEndPoint;

    public IPEndPoint LocalEndPoint => _network.LocalEndPoint;

    public IConnectionAuthenticator Authenticator { get; }

    /// <summary>The client's software as it said in ApiVersions (KIP-511), or "unknown".</summary>
    public string ClientSoftwareName { get; private set; } = "unknown";

    /// <summary>The version of the client's software as it said in ApiVersions (KIP-511), or "unknown".</summary>
    public string ClientSoftwareVersion { get; private set; } = "unknown";

    /// <summary>Cancelled when the connection closes, whatever the reason.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The client id that the header of the last request carried.</summary>
    internal ClientIdCache ClientIds { get; } = new();

    internal long LastActiveTimestamp => Volatile.Read(ref _lastActiveTimestamp);

    internal RequestMemory Memory => _server.RequestMemory;

    private ConnectionLimits Limits => _server.Limits;

    private bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Keeps what the client says of itself; called by the ApiVersions handler.</summary>
    public void RegisterClientSoftware(string name, string version)
    {
        ClientSoftwareName = name;
        ClientSoftwareVersion = version;
    }

    /// <summary>By its number: a table of connections has the same order each time.</summary>
    public override int GetHashCode() => _number.GetHashCode();

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>Reads and answers until the connection ends.</summary>
    internal async Task RunAsync()
    {
        _server.Wheel.Add(_watch, NextCheckMs());
        try
        {
            while (await ReadFrameAsync() is { } request)
            {
                _server.Processor.Process(request);
                await request.WaitDispatchedAsync();
                KeepForNext(request);
            }
        }
        catch (NetworkException lost)
        {
            Close(LogLevel.Debug, lost.Message);
        }
        catch (OperationCanceledException) when (IsClosed)
        {
            // Somebody else closed the connection and said why.
        }
        catch (Exception bug)
        {
            Close(LogLevel.Critical, bug.ToString());
            throw;
        }
    }

    /// <summary>Reads no more; ends at once when nothing is under way, otherwise after the answers that are owed.</summary>
    internal void CloseWhenAnswered(string reason)
    {
        bool idle;
        lock (_gate)
        {
            _drainReason = reason;
            _draining = true;
            idle = _inFlight == 0;
        }

        if (idle)
        {
            Close(LogLevel.Debug, reason);
        }
    }

    /// <summary>Closes once, with one line in the log: a warning when the peer broke something.</summary>
    internal void Close(LogLevel level, string reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        if (_server.Logger.IsEnabled(level))
        {
            _server.Logger.Log(level, "Closed connection from {Peer} on listener {Listener}: {Reason}", RemoteEndPoint, Listener.Name, reason);
        }

        _server.Wheel.Remove(_watch);
        _network.Dispose();
        DropWaiting();
        _server.OnClosed(this, violation: level >= LogLevel.Warning);

        // Last, as continuations of those who wait run here.
        _closing.Cancel();
    }
}
