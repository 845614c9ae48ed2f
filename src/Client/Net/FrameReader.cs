using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>Takes frames off a connection: many small ones with one receive, a large one straight into its own array. Used by one task.</summary>
/// <param name="connection">The connection.</param>
/// <param name="rent">Gives an array of at least so many bytes for the next frame. It is not given back when the frame does not come whole.</param>
internal sealed class FrameReader(INetworkConnection connection, Func<int, byte[]> rent) : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>A broker's answer can be as large as the largest message, which Kafka bounds by an int32; beyond this it is not believed.</summary>
    private const int FrameBytesMax = 512 * 1024 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;

    /// <summary>The next frame without its size, in an array that was rented for it; null when the peer has closed between two frames.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(byte[] Array, int Length)?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_end - _start < sizeof(int))
        {
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return _end == _start ? null : throw new NetworkException($"{connection.RemoteEndPoint} closed the connection in the middle of a response");
            }
        }

        int size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (size is < sizeof(int) or > FrameBytesMax)
        {
            throw new NetworkException($"{connection.RemoteEndPoint} announces a response of {size} bytes: it does not speak Kafka's protocol, or speaks TLS");
        }

        _start += sizeof(int);
        byte[] frame = rent(size);
        int got = Math.Min(size, _end - _start);
        _buffer.AsSpan(_start, got).CopyTo(frame);
        _start += got;
        while (got < size)
        {
            int received = await connection.ReceiveAsync(frame.AsMemory(got, size - got), cancellationToken).ConfigureAwait(false);
            if (received == 0)
            {
                throw new NetworkException($"{connection.RemoteEndPoint} closed the connection in the middle of a response");
            }

            got += received;
        }

        return (frame, size);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        int received = await connection.ReceiveAsync(_buffer.AsMemory(_end, BufferBytes - _end), cancellationToken).ConfigureAwait(false);
        _end += received;
        return received > 0;
    }
}
