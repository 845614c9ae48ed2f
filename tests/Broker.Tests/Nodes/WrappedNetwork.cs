using System.Net;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>A network whose accepted connections are what a function makes of them.</summary>
internal sealed class WrappedNetwork(INetwork network, Func<INetworkConnection, INetworkConnection> wrap) : INetwork
{
    public INetworkListener Listen(string host, int port) => new Listener(network.Listen(host, port), wrap);

    public ValueTask<INetworkConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken) => network.ConnectAsync(host, port, cancellationToken);

    private sealed class Listener(INetworkListener listener, Func<INetworkConnection, INetworkConnection> wrap) : INetworkListener
    {
        public IPEndPoint LocalEndPoint => listener.LocalEndPoint;

        public async ValueTask<INetworkConnection> AcceptAsync(CancellationToken cancellationToken) => wrap(await listener.AcceptAsync(cancellationToken));

        public void Dispose() => listener.Dispose();
    }
}
