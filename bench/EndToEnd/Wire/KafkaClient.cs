using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Wire;

/// <summary>A plain blocking connection: one request, one answer. For what surrounds a load; not for the load. One thread at a time.</summary>
internal sealed class KafkaClient : IDisposable
{
    private const string ClientId = "bench";
    private readonly Socket _socket;
    private byte[] _answer = new byte[64 * 1024];
    private int _correlationId;

    public KafkaClient(IPEndPoint server)
    {
        _socket = Connect(server);
    }

    public static Socket Connect(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server);
        return socket;
    }

    /// <summary>Whether somebody answers ApiVersions there.</summary>
    public static bool Answers(IPEndPoint server)
    {
        try
        {
            using var client = new KafkaClient(server);
            client.Call<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
            return true;
        }
        catch (Exception failure) when (failure is SocketException or BenchException)
        {
            return false;
        }
    }

    /// <summary>A request as it goes over the wire, size included; the correlation id stands at <see cref="CorrelationIdAt"/>.</summary>
    public static byte[] Frame(ApiKey key, short version, IApiMessage request, int capacity = 1024)
    {
        var writer = new MessageWriter(capacity);
        try
        {
            writer.WriteInt32(0);
            new RequestHeader { RequestApiKey = key, RequestApiVersion = version, ClientId = ClientId }.Write(ref writer, ApiCatalog.Get(key).RequestHeaderVersion(version));
            request.Write(ref writer, version);
            byte[] frame = writer.ToArray();
            BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
            return frame;
        }
        finally
        {
            writer.Dispose();
        }
    }

    public const int CorrelationIdAt = 8;

    /// <summary>An answer as it goes over the wire, size included.</summary>
    public static byte[] Answer(ApiKey key, short version, IApiMessage response)
    {
        var writer = new MessageWriter();
        try
        {
            writer.WriteInt32(0);
            new ResponseHeader().Write(ref writer, ApiCatalog.Get(key).ResponseHeaderVersion(version));
            response.Write(ref writer, version);
            byte[] frame = writer.ToArray();
            BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
            return frame;
        }
        finally
        {
            writer.Dispose();
        }
    }

    public TResponse Call<TResponse>(ApiKey key, short version, IApiMessage request)
        where TResponse : class, IMessage<TResponse>
    {
        byte[] frame = Frame(key, version, request);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(CorrelationIdAt), ++_correlationId);
        _socket.SendAll(frame);
        _socket.ReceiveAll(_answer.AsSpan(0, 4));
        int size = BinaryPrimitives.ReadInt32BigEndian(_answer);
        if (size > _answer.Length)
        {
            _answer = new byte[size];
        }

        _socket.ReceiveAll(_answer.AsSpan(0, size));
        int headerBytes = ApiCatalog.Get(key).ResponseHeaderVersion(version) > 0 ? 5 : 4;
        if (BinaryPrimitives.ReadInt32BigEndian(_answer) != _correlationId)
        {
            throw new BenchException($"{key}: the answer of another request came");
        }

        var reader = new MessageReader(_answer.AsMemory(headerBytes, size - headerBytes));
        return TResponse.Read(ref reader, version);
    }

    public void Dispose() => _socket.Dispose();
}
