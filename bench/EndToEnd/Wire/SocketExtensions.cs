using System.Net.Sockets;

namespace Moldau.EndToEnd.Wire;

/// <summary>Whole buffers over a connection; a server that closes it ends the comparison.</summary>
internal static class SocketExtensions
{
    public static void SendAll(this Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    public static async ValueTask SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    public static void ReceiveAll(this Socket socket, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[Received(socket.Receive(bytes))..];
        }
    }

    public static async ValueTask ReceiveAllAsync(this Socket socket, Memory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.ReceiveSomeAsync(bytes)..];
        }
    }

    /// <summary>At least one byte.</summary>
    public static async ValueTask<int> ReceiveSomeAsync(this Socket socket, Memory<byte> bytes) => Received(await socket.ReceiveAsync(bytes, SocketFlags.None));

    private static int Received(int count) => count > 0 ? count : throw new BenchException("the server closed the connection");
}
