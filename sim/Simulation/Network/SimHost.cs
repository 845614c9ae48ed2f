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
        if (network.CutOffTicks(process) is > 0 and var cutOff)
        {
            await PassAsync(cutOff, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            throw new NetworkException($"cannot connect to {host}:{port}: the host is unreachable");
        }

        await PassAsync(network.DrawLatencyTicks(), CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        EnsureAlive();
        var remote = new IPEndPoint(IPAddress.Parse(host), port);
        SimListener listener = network.Find(remote) ?? throw new NetworkException($"cannot connect to {host}:{port}: nothing listens there");
        var connection = new SimConnection(network, process, new IPEndPoint(address, network.NextPort()), listener.Process, remote);
        network.Add(connection);
        listener.Offer(connection.Server);
        return connection.Client;
    }

    /// <summary>So much time passes, or the token is cancelled.</summary>
    private async Task PassAsync(long ticks, CancellationToken cancellationToken)
    {
        var passed = new TaskCompletionSource();
        network.World.At(network.World.Ticks + ticks, () => passed.TrySetResult());
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), passed);
        await passed.Task;
    }

    private void EnsureAlive()
    {
        if (!process.IsAlive)
        {
            throw new SimCrashException();
        }
    }
}
