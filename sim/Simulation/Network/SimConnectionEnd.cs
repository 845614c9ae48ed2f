using System.Net;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>One end of a simulated connection, used by one process.</summary>
internal sealed class SimConnectionEnd(SimNetwork network, SimConnection connection, bool isServer, SimScheduler process, IPEndPoint local, IPEndPoint remote, SimStream receive, SimStream send) : INetworkConnection
{
    private const int CopyBytes = 4096;

    public SimScheduler Process { get; } = process;

    public IPEndPoint LocalEndPoint { get; } = local;

    public IPEndPoint RemoteEndPoint { get; } = remote;

    public bool IsClosed { get; private set; }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        EnsureAlive();
        return receive.ReadAsync(buffer, RemoteEndPoint, cancellationToken);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        EnsureAlive();
        if (isServer && network.Bug == OtherBug.AnswerForgotten && network.Random.OneIn(50))
        {
            return ValueTask.CompletedTask;
        }

        return send.WriteAsync(buffer, RemoteEndPoint, cancellationToken);
    }

    /// <summary>As sendfile does: the file is read when the stream has room, not before.</summary>
    public async ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[(int)Math.Min(count, CopyBytes)];
        while (count > 0)
        {
            await send.WaitForRoomAsync(RemoteEndPoint, cancellationToken);
            int read = file.Read(buffer.AsSpan(0, (int)Math.Min(count, buffer.Length)), position);
            if (read == 0)
            {
                throw new NetworkException($"send to {RemoteEndPoint} failed: {file.Path} ends at {position}, before the range that was promised");
            }

            await SendAsync(buffer.AsMemory(0, read), cancellationToken);
            position += read;
            count -= read;
        }
    }

    public void Dispose()
    {
        if (!IsClosed && Process.IsAlive)
        {
            IsClosed = true;
            send.CloseWriting();
            receive.CloseReading();
            connection.OnClosed();
        }
    }

    private void EnsureAlive()
    {
        if (!Process.IsAlive)
        {
            throw new SimCrashException();
        }
    }
}
