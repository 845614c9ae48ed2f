using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>The node's side of a network, with faults.</summary>
internal sealed class FaultyNetwork(INetwork network, NetworkFaults faults) : INetwork
{
    public INetworkListener Listen(string host, int port) => new FaultyListener(network.Listen(host, port), faults);

    public ValueTask<INetworkConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken) => network.ConnectAsync(host, port, cancellationToken);
}
