using System.Net;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>
/// The node's end of a connection whose client sends one request again and again, always ready, and takes every answer. It counts what the thread that receives has allocated from one receive to
/// the next: that is a whole request, from its frame to its answer.
/// </summary>
internal sealed class ScriptedConnection(INetworkConnection connection, byte[] request, int warmUps, int requests) : INetworkConnection
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<long> _allocations = new(requests);
    private long _position;
    private long _allocated = -1;
    private int _thread;

    public IPEndPoint LocalEndPoint => connection.LocalEndPoint;

    public IPEndPoint RemoteEndPoint => connection.RemoteEndPoint;

    /// <summary>Ends when all requests have been received and what came before is answered.</summary>
    public Task Done => _done.Task;

    /// <summary>Sends of bytes: answers, or their parts.</summary>
    public int Answers { get; private set; }

    /// <summary>Bytes of files in the answers.</summary>
    public long FileBytes { get; private set; }

    /// <summary>The bytes of the last answer.</summary>
    public byte[] LastAnswer { get; } = new byte[4096];

    /// <summary>Lets the node serve such a connection to its end.</summary>
    public static async Task<ScriptedConnection> RunAsync(NodeFixture node, byte[] request, int warmUps, int requests)
    {
        ScriptedConnection? scripted = null;
        node.Accepted = connection => scripted is null ? scripted = new ScriptedConnection(connection, request, warmUps, requests) : connection;
        using NodeClient idle = await node.ConnectAsync();
        while (scripted is null)
        {
            await Task.Yield();
        }

        await scripted.Done.WaitAsync(TestContext.Current.CancellationToken);
        return scripted;
    }

    /// <summary>
    /// What a request allocates, each does. A collection shows in single ones: it takes what is left of the thread's allocation context and counts it as allocated, and takes from pools what is
    /// made once more then.
    /// </summary>
    public void ShouldAllocateNothing() =>
        _allocations.Count.ShouldBeLessThan(requests / 10, $"bytes that some of {requests} requests allocated: {string.Join(", ", _allocations)}");

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Count();
        if (_position == (long)request.Length * (warmUps + requests))
        {
            _done.TrySetResult();
            return connection.ReceiveAsync(buffer, cancellationToken);
        }

        // Not beyond the end of a request: each is a round of receives of its own.
        var at = (int)(_position % request.Length);
        var count = Math.Min(buffer.Length, request.Length - at);
        request.AsSpan(at, count).CopyTo(buffer.Span);
        _position += count;
        return ValueTask.FromResult(count);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        buffer.Span.CopyTo(LastAnswer);
        Answers++;
        return ValueTask.CompletedTask;
    }

    public ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken)
    {
        FileBytes += count;
        return ValueTask.CompletedTask;
    }

    public void Dispose() => connection.Dispose();

    private void Count()
    {
        // The loop changes its thread now and then; a round in which it did is not counted.
        var thread = Environment.CurrentManagedThreadId;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        if (thread == _thread && _position > (long)request.Length * warmUps)
        {
            long bytes = allocated - _allocated;
            if (bytes > 0)
            {
                _allocations.Add(bytes);
            }
        }

        _thread = thread;
        _allocated = GC.GetAllocatedBytesForCurrentThread();
    }
}
