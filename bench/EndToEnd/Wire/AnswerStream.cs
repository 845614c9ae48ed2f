using System.Buffers.Binary;
using System.Net.Sockets;

namespace Moldau.EndToEnd.Wire;

/// <summary>The small answers of one connection, as many as come at once. Used by one task.</summary>
/// <param name="socket">The connection.</param>
/// <param name="take">Gets each whole answer, size included; it is valid during the call.</param>
internal sealed class AnswerStream(Socket socket, Action<ReadOnlyMemory<byte>> take)
{
    private const int AnswerBytesMax = 64 * 1024;
    private readonly byte[] _answers = new byte[AnswerBytesMax];
    private int _have;

    /// <summary>Waits for bytes and hands over the answers that are whole.</summary>
    public async Task ReceiveAsync()
    {
        _have += await socket.ReceiveSomeAsync(_answers.AsMemory(_have));
        int at = 0;
        while (_have - at >= 4)
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(_answers.AsSpan(at)) + 4;
            if (_have - at < size)
            {
                break;
            }

            take(_answers.AsMemory(at, size));
            at += size;
        }

        _answers.AsSpan(at, _have - at).CopyTo(_answers);
        _have -= at;
    }
}
