using System.Net;

namespace Moldau.Runtime;

/// <summary>
/// A network within the process: no socket, no copy through the kernel, no thread of its own. Hosts are names or addresses; a name gets an address of 10.0.0.0/8 in the order of
/// first use, so that the same calls give the same addresses. Any thread may call it.
/// </summary>
/// <param name="pipeBytes">What one direction of a connection holds before its sender waits.</param>
/// <param name="completesInline">Whether what waits at one end continues on the caller of the other; false where the two ends are strangers, and may block each other.</param>
public sealed class MemoryNetwork(int pipeBytes = 64 * 1024, bool completesInline = true) : INetwork
{
    private const int FirstFreePort = 49152;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, MemoryNetworkListener> _listeners = [];
    private readonly Dictionary<string, IPAddress> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private int _lastHost;
    private int _lastPort = FirstFreePort - 1;

    public INetworkListener Listen(string host, int port)
    {
        lock (_gate)
        {
            var endPoint = new IPEndPoint(Resolve(host), port == 0 ? NextPort() : port);
            if (_listeners.ContainsKey(endPoint))
            {
                throw new NetworkException($"cannot listen on {host}:{port}: the address is in use");
            }

            var listener = new MemoryNetworkListener(endPoint, this);
            _listeners.Add(endPoint, listener);
            return listener;
        }
    }

    public ValueTask<INetworkConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken) =>
        ConnectAsync("client", host, port, cancellationToken);

    /// <summary>Connects as the host <paramref name="from"/>, which the other end sees as the remote address.</summary>
    public ValueTask<INetworkConnection> ConnectAsync(string from, string host, int port, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MemoryNetworkListener? listener;
        IPEndPoint local;
        IPEndPoint remote;
        lock (_gate)
        {
            remote = new IPEndPoint(Resolve(host), port);
            local = new IPEndPoint(Resolve(from), NextPort());
            listener = Find(remote);
        }

        if (listener is null)
        {
            throw new NetworkException($"cannot connect to {host}:{port}: nothing listens there");
        }

        var there = new MemoryPipe(pipeBytes, Continuations);
        var back = new MemoryPipe(pipeBytes, Continuations);
        listener.Offer(new MemoryNetworkConnection(remote, local, receive: there, send: back));
        return new ValueTask<INetworkConnection>(new MemoryNetworkConnection(local, remote, receive: back, send: there));
    }

    /// <summary>How those who wait are told.</summary>
    internal TaskCreationOptions Continuations { get; } = completesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    internal void Remove(MemoryNetworkListener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener.LocalEndPoint);
        }
    }

    private MemoryNetworkListener? Find(IPEndPoint endPoint) =>
        _listeners.GetValueOrDefault(endPoint)
        ?? _listeners.GetValueOrDefault(new IPEndPoint(IPAddress.Any, endPoint.Port))
        ?? _listeners.GetValueOrDefault(new IPEndPoint(IPAddress.IPv6Any, endPoint.Port));

    private IPAddress Resolve(string host)
    {
        if (host.Length == 0)
        {
            return IPAddress.Any;
        }

        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            return literal;
        }

        if (!_hosts.TryGetValue(host, out IPAddress? address))
        {
            int number = ++_lastHost;
            address = new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
            _hosts.Add(host, address);
        }

        return address;
    }

    private int NextPort()
    {
        _lastPort = _lastPort == IPEndPoint.MaxPort ? FirstFreePort : _lastPort + 1;
        return _lastPort;
    }
}
