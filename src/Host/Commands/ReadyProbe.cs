using System.Buffers.Binary;
using System.Net.Sockets;
using Moldau.Configuration;

namespace Moldau.Host;

/// <summary>Asks a node for its API versions, the one request that every node answers before anything else, until it does.</summary>
internal static class ReadyProbe
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // ApiVersions version 0 with correlation id 1 and no client id: size, key 18, version, correlation id, null.
    private static readonly byte[] Request = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF];

    /// <summary>True once the node answered, false when it did not within <paramref name="timeout"/>.</summary>
    public static async Task<bool> WaitAsync(HostPort server, TimeSpan timeout, TimeProvider clock)
    {
        using var deadline = new CancellationTokenSource(timeout, clock);
        while (!deadline.IsCancellationRequested)
        {
            try
            {
                if (await AnswersAsync(server, deadline.Token))
                {
                    return true;
                }

                await Task.Delay(Pause, clock, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return false;
    }

    private static async Task<bool> AnswersAsync(HostPort server, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Host, server.Port, cancellationToken);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Request, cancellationToken);
            byte[] head = new byte[10];
            await stream.ReadExactlyAsync(head, cancellationToken);
            int correlationId = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4));
            short error = BinaryPrimitives.ReadInt16BigEndian(head.AsSpan(8));
            return correlationId == 1 && error == 0;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return false;
        }
    }
}
