using System.Buffers.Binary;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>A client of one node: typed requests and responses over one connection, one at a time unless <see cref="SendAsync"/> and <see cref="ReceiveAsync"/> are used apart.</summary>
internal sealed class NodeClient(INetworkConnection connection, string clientId = "test") : IDisposable
{
    private int _correlationId;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<TResponse> CallAsync<TResponse>(IRequest request, short version)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        await SendAsync(request, version);
        return await ReceiveAsync<TResponse>(request.ApiKey, version);
    }

    public async Task SendAsync(IRequest request, short version)
    {
        byte[] frame = Frame(request, version, ++_correlationId, clientId);
        await connection.SendAsync(frame, Cancellation);
    }

    public async Task<TResponse> ReceiveAsync<TResponse>(ApiKey key, short version)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        byte[] frame = await ReceiveBytesAsync(BinaryPrimitives.ReadInt32BigEndian(await ReceiveBytesAsync(4)));
        var reader = new MessageReader(frame);
        ResponseFrame.ReadHeader(ref reader, ApiCatalog.Get(key), version);
        return TResponse.Read(ref reader, version);
    }

    public void Dispose() => connection.Dispose();

    /// <summary>A request as it goes over the wire, its size in front.</summary>
    public static byte[] Frame(IRequest request, short version, int correlationId, string clientId)
    {
        var writer = new MessageWriter();
        try
        {
            RequestFrame.Write(ref writer, new RequestHeader { RequestApiVersion = version, CorrelationId = correlationId, ClientId = clientId }, request);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private async Task<byte[]> ReceiveBytesAsync(int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = await connection.ReceiveAsync(bytes.AsMemory(received), Cancellation);
            more.ShouldBeGreaterThan(0, "the node closed the connection");
            received += more;
        }

        return bytes;
    }
}
