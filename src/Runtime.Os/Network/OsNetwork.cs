using System.Net;
using System.Net.Sockets;

namespace Moldau.Runtime.Os;

/// <summary>
/// TCP sockets. Completions run inline on the threads that poll the sockets, which makes a managed server as fast as one in C, as long as nothing blocks there;
/// make the first instance before anything else in the process opens a socket. Any thread may call it.
/// </summary>
public sealed class OsNetwork : INetwork
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private readonly OsNetworkOptions _options;

    public OsNetwork(OsNetworkOptions? options = null)
    {
        _options = options ?? new OsNetworkOptions();
        if (_options.UsesInlineCompletions && Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            // Read once, when the process opens its first socket.
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }

    /// <summary>
    /// Binds and listens. An empty host is the wildcard of both families, as "::" is; "0.0.0.0" is IPv4 only; a name takes its first address, IPv4 before IPv6.
    /// </summary>
    public INetworkListener Listen(string host, int port)
    {
        IPAddress? address = null;
        Socket? socket = null;
        try
        {
            address = BindAddress(host);
            socket = NewSocket(address.AddressFamily);
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(_options.BacklogSize);
            return new OsNetworkListener(socket, this);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            socket?.Dispose();
            throw new NetworkException($"cannot listen on {(host.Length == 0 ? "*" : host)}:{port}: {failure.Message}", failure);
        }
    }

    public async ValueTask<INetworkConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            IPAddress[] addresses = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
            for (int i = 0; ; i++)
            {
                socket = NewSocket(addresses[i].AddressFamily);
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken);
                    return Wrap(socket);
                }
                catch (SocketException) when (i + 1 < addresses.Length)
                {
                    // A name may have addresses that do not answer: the next one is tried.
                    socket.Dispose();
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            socket?.Dispose();
            throw new NetworkException($"cannot connect to {host}:{port}: {failure.Message}", failure);
        }
        catch (OperationCanceledException)
        {
            socket?.Dispose();
            throw;
        }
    }

    internal OsNetworkConnection Wrap(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            if (_options.SendBufferBytes >= 0)
            {
                socket.SendBufferSize = _options.SendBufferBytes;
            }

            if (_options.ReceiveBufferBytes >= 0)
            {
                socket.ReceiveBufferSize = _options.ReceiveBufferBytes;
            }

            return new OsNetworkConnection(socket);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new NetworkException($"the connection was lost before it could be used: {failure.Message}", failure);
        }
    }

    private static IPAddress BindAddress(string host)
    {
        if (host.Length == 0)
        {
            return Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        }

        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            return literal;
        }

        IPAddress[] addresses = Dns.GetHostAddresses(host);
        return Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
    }

    // SO_REUSEADDR is what the runtime sets by itself when a TCP socket is bound on Unix. Its ReuseAddress option would be SO_REUSEPORT there: two nodes on one port.
    private static Socket NewSocket(AddressFamily family) => new(family, SocketType.Stream, ProtocolType.Tcp);
}
