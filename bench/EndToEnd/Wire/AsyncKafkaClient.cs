using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Moldau.Protocol;

namespace Moldau.EndToEnd.Wire;

/// <summary>A connection on which many may ask; their requests go one after the other.</summary>
internal sealed class AsyncKafkaClient(IPEndPoint server) : IDisposable
{
    private readonly Socket _socket = KafkaClient.Connect(server);
    private readonly SemaphoreSlim _turn = new(1);
    private byte[] _answer = new byte[64 * 1024];

    public async Task<TResponse> CallAsync<TResponse>(ApiKey key, short version, IApiMessage request)
        where TResponse : class, IMessage<TResponse>
    {
        byte[] frame = KafkaClient.Frame(key, version, request);
        await _turn.WaitAsync();
        try
        {
            await _socket.SendAllAsync(frame);
            await _socket.ReceiveAllAsync(_answer.AsMemory(0, 4));
            int size = BinaryPrimitives.ReadInt32BigEndian(_answer);
            if (size > _answer.Length)
            {
                _answer = new byte[size];
            }

            await _socket.ReceiveAllAsync(_answer.AsMemory(0, size));
            int headerBytes = ApiCatalog.Get(key).ResponseHeaderVersion(version) > 0 ? 5 : 4;
            var reader = new MessageReader(_answer.AsMemory(headerBytes, size - headerBytes));
            return TResponse.Read(ref reader, version);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _turn.Dispose();
    }
}
