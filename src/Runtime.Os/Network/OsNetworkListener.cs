using System.Net;
using System.Net.Sockets;

namespace Moldau.Runtime.Os;

/// <summary>A listening socket.</summary>
internal sealed class OsNetworkListener(Socket socket, OsNetwork network) : INetworkListener
{
    public IPEndPoint LocalEndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public async ValueTask<INetworkConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        Socket accepted;
        try
        {
            accepted = await socket.AcceptAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            throw new NetworkException($"accept on {LocalEndPoint} failed: {failure.Message}", failure);
        }

        return network.Wrap(accepted);
    }

    public void Dispose() => socket.Dispose();
}
