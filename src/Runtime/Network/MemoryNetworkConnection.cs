using System.Net;

namespace Moldau.Runtime;

/// <summary>One end of a connection within the process.</summary>
internal sealed class MemoryNetworkConnection(IPEndPoint local, IPEndPoint remote, MemoryPipe receive, MemoryPipe send) : INetworkConnection
{
    private const int CopyBytes = 16 * 1024;

    public IPEndPoint LocalEndPoint { get; } = local;

    public IPEndPoint RemoteEndPoint { get; } = remote;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => receive.ReadAsync(buffer, RemoteEndPoint, cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) => send.WriteAsync(buffer, RemoteEndPoint, cancellationToken);

    public async ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[(int)Math.Min(count, CopyBytes)];
        while (count > 0)
        {
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

    /// <summary>What was sent before can still be received by the other end, as with a socket.</summary>
    public void Dispose()
    {
        send.CloseWriting();
        receive.CloseReading();
    }
}
