using System.Net;
using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>Hands out connections with faults; refused ones are closed and never seen by the node.</summary>
#pragma warning disable CA2007 // The node's own calls: they stay on its scheduler.
internal sealed class FaultyListener(INetworkListener listener, NetworkFaults faults) : INetworkListener
{
    public IPEndPoint LocalEndPoint => listener.LocalEndPoint;

    public async ValueTask<INetworkConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (faults.Take(await listener.AcceptAsync(cancellationToken)) is { } connection)
            {
                return connection;
            }
        }
    }

    public void Dispose() => listener.Dispose();
}
