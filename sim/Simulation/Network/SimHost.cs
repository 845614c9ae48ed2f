using System.Net;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>The network as one process on one host sees it.</summary>
public sealed class SimHost(SimNetwork network, SimScheduler process, IPAddress address) : INetwork
{
    public INetworkListener Listen(string host, int port)
    {
        EnsureAlive();
        var listener = new SimListener(network, process, new IPEndPoint(IPAddress.Parse(host), port == 0 ? network.NextPort() : port));
        return network.TryAdd(listener) ? listener : throw new NetworkException($"cannot listen on {host}:{port}: the address is in use");
    }

    public async ValueTask<INetworkConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        EnsureAlive();
        var arrived = new TaskCompletionSource();
        network.World.At(network.World.Ticks + network.DrawLatencyTicks(), arrived.SetResult);
        await arrived.Task;
        cancellationToken.ThrowIfCancellationRequested();
        EnsureAlive();
        var remote = new IPEndPoint(IPAddress.Parse(host), port);
        SimListener listener = network.Find(remote) ?? throw new NetworkException($"cannot connect to {host}:{port}: nothing listens there");
        var connection = new SimConnection(network, process, new IPEndPoint(address, network.NextPort()), listener.Process, remote);
        network.Add(connection);
        listener.Offer(connection.Server);
        return connection.Client;
    }

    private void EnsureAlive()
    {
        if (!process.IsAlive)
        {
            throw new SimCrashException();
        }
    }
}
