using System.Net;
using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>A connection of the node that can be slow, and be cut.</summary>
#pragma warning disable CA2007 // The node's own calls: they stay on its scheduler.
internal sealed class FaultyConnection(NetworkFaults faults, INetworkConnection connection) : INetworkConnection
{
    public IPEndPoint LocalEndPoint => connection.LocalEndPoint;

    public IPEndPoint RemoteEndPoint => connection.RemoteEndPoint;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => connection.ReceiveAsync(buffer, cancellationToken);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await faults.LatencyAsync(cancellationToken);
        await connection.SendAsync(buffer, cancellationToken);
    }

    public async ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken)
    {
        await faults.LatencyAsync(cancellationToken);
        await connection.SendFileAsync(file is FaultyFile faulty ? faulty.Inner : file, position, count, cancellationToken);
    }

    public void Dispose()
    {
        faults.Forget(this);
        connection.Dispose();
    }
}
