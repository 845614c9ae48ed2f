using System.Net;

namespace Moldau.Runtime;

/// <summary>Stream connections: sockets, a simulated network, or memory within a process.</summary>
public interface INetwork
{
    /// <summary>Binds and listens. Port 0 takes a free port. Throws <see cref="NetworkException"/> when the address cannot be had.</summary>
    INetworkListener Listen(string host, int port);

    ValueTask<INetworkConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken);
}
