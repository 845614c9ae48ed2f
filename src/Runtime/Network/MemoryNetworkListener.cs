using System.Net;

namespace Moldau.Runtime;

/// <summary>A name in a <see cref="MemoryNetwork"/> that accepts.</summary>
internal sealed class MemoryNetworkListener(IPEndPoint endPoint, MemoryNetwork network) : INetworkListener
{
    private readonly Lock _gate = new();
    private readonly Queue<MemoryNetworkConnection> _ready = [];
    private TaskCompletionSource<INetworkConnection>? _waiting;
    private bool _disposed;

    public IPEndPoint LocalEndPoint { get; } = endPoint;

    public ValueTask<INetworkConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_disposed)
            {
                throw Closed();
            }

            if (_ready.TryDequeue(out MemoryNetworkConnection? connection))
            {
                return new ValueTask<INetworkConnection>(connection);
            }

            _waiting = new TaskCompletionSource<INetworkConnection>(network.Continuations);
            return cancellationToken.CanBeCanceled ? Cancellable(_waiting, cancellationToken) : new ValueTask<INetworkConnection>(_waiting.Task);
        }
    }

    public void Dispose()
    {
        TaskCompletionSource<INetworkConnection>? waiting;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            waiting = _waiting;
            _waiting = null;
        }

        network.Remove(this);
        while (_ready.TryDequeue(out MemoryNetworkConnection? connection))
        {
            connection.Dispose();
        }

        waiting?.TrySetException(Closed());
    }

    internal void Offer(MemoryNetworkConnection connection)
    {
        TaskCompletionSource<INetworkConnection>? waiting;
        lock (_gate)
        {
            if (_disposed)
            {
                throw new NetworkException($"cannot connect to {LocalEndPoint}: nothing listens there");
            }

            waiting = _waiting;
            _waiting = null;
            if (waiting is null)
            {
                _ready.Enqueue(connection);
                return;
            }
        }

        if (!waiting.TrySetResult(connection))
        {
            // The accept was cancelled in between; the next one takes the connection.
            lock (_gate)
            {
                _ready.Enqueue(connection);
            }
        }
    }

    private static async ValueTask<INetworkConnection> Cancellable(TaskCompletionSource<INetworkConnection> waiting, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<INetworkConnection>)state!).TrySetCanceled(token), waiting);
        return await waiting.Task;
    }

    private NetworkException Closed() => new($"accept on {LocalEndPoint} failed: the listener is closed");
}
