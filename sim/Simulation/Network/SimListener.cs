using System.Net;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>An address at which a simulated process accepts.</summary>
internal sealed class SimListener(SimNetwork network, SimScheduler process, IPEndPoint endPoint) : INetworkListener
{
    private readonly Queue<INetworkConnection> _ready = [];
    private TaskCompletionSource? _waiting;
    private bool _disposed;

    public SimScheduler Process { get; } = process;

    public IPEndPoint LocalEndPoint { get; } = endPoint;

    public async ValueTask<INetworkConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_disposed)
            {
                throw new NetworkException($"accept on {LocalEndPoint} failed: the listener is closed");
            }

            if (_ready.TryDequeue(out INetworkConnection? connection))
            {
                return connection;
            }

            var waiting = new TaskCompletionSource();
            _waiting = waiting;
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), waiting);
            await waiting.Task;
        }
    }

    public void Offer(INetworkConnection connection)
    {
        _ready.Enqueue(connection);
        _waiting?.TrySetResult();
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            network.Remove(this);
            while (_ready.TryDequeue(out INetworkConnection? connection))
            {
                connection.Dispose();
            }

            _waiting?.TrySetResult();
        }
    }
}
