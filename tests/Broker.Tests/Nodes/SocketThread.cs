using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>The one thread on which the receives of all connections complete, as inline completions have it: while something blocks there, no connection is read.</summary>
internal sealed class SocketThread : IDisposable
{
    private readonly BlockingCollection<Action> _completions = [];
    private readonly Thread _thread;

    public SocketThread()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The connection, with its receives completed here.</summary>
    public INetworkConnection Wrap(INetworkConnection connection) => new Connection(connection, this);

    public void Dispose()
    {
        _completions.CompleteAdding();
        _thread.Join();
        _completions.Dispose();
    }

    private void Run()
    {
        foreach (var completion in _completions.GetConsumingEnumerable())
        {
            completion();
        }
    }

    private sealed class Connection(INetworkConnection connection, SocketThread thread) : INetworkConnection
    {
        public System.Net.IPEndPoint LocalEndPoint => connection.LocalEndPoint;

        public System.Net.IPEndPoint RemoteEndPoint => connection.RemoteEndPoint;

        public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = await connection.ReceiveAsync(buffer, cancellationToken);
            await new Switch(thread);
            return count;
        }

        public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) => connection.SendAsync(buffer, cancellationToken);

        public ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken) => connection.SendFileAsync(file, position, count, cancellationToken);

        public void Dispose() => connection.Dispose();
    }

    /// <summary>What awaits it goes on on the thread; anywhere once that has ended.</summary>
    private readonly struct Switch(SocketThread thread) : INotifyCompletion
    {
        public bool IsCompleted => false;

        public Switch GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation)
        {
            try
            {
                thread._completions.Add(continuation);
            }
            catch (InvalidOperationException)
            {
                continuation();
            }
        }
    }
}
