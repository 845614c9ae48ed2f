using System.Buffers.Binary;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>A client that speaks frames, well formed or not.</summary>
internal sealed class TestPeer(INetworkConnection connection) : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public INetworkConnection Connection { get; } = connection;

    /// <summary>A frame for the echo: key, version 0, a number as correlation id, and filling.</summary>
    public static byte[] Frame(short apiKey, int number, int filling = 0)
    {
        byte[] frame = new byte[4 + 8 + filling];
        BinaryPrimitives.WriteInt32BigEndian(frame, 8 + filling);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), apiKey);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), number);
        frame.AsSpan(12).Fill((byte)number);
        return frame;
    }

    public ValueTask Send(params byte[] bytes) => Connection.SendAsync(bytes, Cancellation);

    /// <summary>The number of the next answer, whose filling is checked; null when the connection was closed.</summary>
    public async Task<int?> ReceiveNumber()
    {
        byte[]? frame = await ReceiveFrame();
        if (frame is null)
        {
            return null;
        }

        int number = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4));
        if (BinaryPrimitives.ReadInt16BigEndian(frame) != 5)
        {
            frame.AsSpan(8).IndexOfAnyExcept((byte)number).ShouldBe(-1, $"the filling of answer {number}");
        }

        return number;
    }

    /// <summary>The next answer without its size; null when the connection was closed.</summary>
    public async Task<byte[]?> ReceiveFrame()
    {
        byte[]? size = await Receive(4);
        return size is null ? null : await Receive(BinaryPrimitives.ReadInt32BigEndian(size));
    }

    /// <summary>True when the other end closes without another byte.</summary>
    public async Task<bool> IsClosed()
    {
        try
        {
            return await Connection.ReceiveAsync(new byte[1], Cancellation) == 0;
        }
        catch (NetworkException)
        {
            return true;
        }
    }

    public void Dispose() => Connection.Dispose();

    private async Task<byte[]?> Receive(int count)
    {
        byte[] buffer = new byte[count];
        for (int done = 0; done < count;)
        {
            int received = await Connection.ReceiveAsync(buffer.AsMemory(done), Cancellation);
            if (received == 0)
            {
                return null;
            }

            done += received;
        }

        return buffer;
    }
}
