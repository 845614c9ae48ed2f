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
            for (int sent = 0; sent < frame.Length;)
            {
                sent += await _socket.SendAsync(frame.AsMemory(sent), SocketFlags.None);
            }

            await ReceiveAsync(4);
            int size = BinaryPrimitives.ReadInt32BigEndian(_answer);
            if (size > _answer.Length)
            {
                _answer = new byte[size];
            }

            await ReceiveAsync(size);
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

    private async Task ReceiveAsync(int count)
    {
        for (int got = 0; got < count;)
        {
            int received = await _socket.ReceiveAsync(_answer.AsMemory(got, count - got), SocketFlags.None);
            got += received > 0 ? received : throw new BenchException("the server closed the connection");
        }
    }
}
