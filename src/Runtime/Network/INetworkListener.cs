using System.Net;

namespace Moldau.Runtime;

/// <summary>A bound address that accepts connections. Disposing stops it; a pending accept then throws <see cref="NetworkException"/>.</summary>
public interface INetworkListener : IDisposable
{
    IPEndPoint LocalEndPoint { get; }

    ValueTask<INetworkConnection> AcceptAsync(CancellationToken cancellationToken);
}
