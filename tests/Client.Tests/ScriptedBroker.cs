using System.Buffers.Binary;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>A broker on a network in memory that answers what a test has it answer. It knows all APIs in all stable versions.</summary>
internal sealed class ScriptedBroker : IDisposable
{
    private readonly INetworkListener _listener;
    private readonly Func<IRequest, short, IResponse?> _answer;
    private readonly List<INetworkConnection> _connections = [];

    /// <param name="network">Where it listens.</param>
    /// <param name="answer">The response to a request in a version; null leaves it without an answer. ApiVersions is answered by itself.</param>
    /// <param name="port">Its port.</param>
    public ScriptedBroker(MemoryNetwork network, Func<IRequest, short, IResponse?> answer, int port = 9092)
    {
        _answer = answer;
        _listener = network.Listen("broker", port);
        _ = AcceptAsync();
    }

    /// <summary>The highest versions of APIs that an older broker serves; -1 for one that it does not serve at all.</summary>
    public Dictionary<ApiKey, short> HighestVersions { get; init; } = [];

    /// <summary>What each answer waits for.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>How many connections were ever made.</summary>
    public int Connections
    {
        get
        {
            lock (_connections)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Closes all connections, and goes on accepting.</summary>
    public void CloseConnections()
    {
        lock (_connections)
        {
            _connections.ForEach(connection => connection.Dispose());
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        CloseConnections();
    }

    private ApiVersionsResponse Versions() => new()
    {
        ApiKeys =
        [
            .. ApiCatalog.All.Where(api => !HighestVersions.TryGetValue(api.Key, out short highest) || highest >= api.LowestVersion).Select(api => new ApiVersionsResponse.ApiVersion
            {
                ApiKey = api.Key,
                MinVersion = api.LowestVersion,
                MaxVersion = HighestVersions.GetValueOrDefault(api.Key, api.HighestStableVersion),
            }),
        ],
    };

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                INetworkConnection connection = await _listener.AcceptAsync(CancellationToken.None);
                lock (_connections)
                {
                    _connections.Add(connection);
                }

                _ = ServeAsync(connection);
            }
        }
        catch (NetworkException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(INetworkConnection connection)
    {
        try
        {
            while (true)
            {
                byte[] frame = await ReceiveAsync(connection, BinaryPrimitives.ReadInt32BigEndian(await ReceiveAsync(connection, 4)));
                (RequestHeader header, IRequest request) = Read(frame);
                IResponse? response = request is ApiVersionsRequest ? Versions() : _answer(request, header.RequestApiVersion);
                await Hold;
                if (response is not null)
                {
                    await connection.SendAsync(Frame(header, response), CancellationToken.None);
                }
            }
        }
        catch (NetworkException)
        {
            connection.Dispose();
        }
    }

    private static (RequestHeader Header, IRequest Request) Read(byte[] frame)
    {
        var reader = new MessageReader(frame);
        RequestHeader header = RequestFrame.ReadHeader(ref reader, out ApiInfo api);
        return (header, api.ReadRequest(ref reader, header.RequestApiVersion));
    }

    private static byte[] Frame(RequestHeader header, IResponse response)
    {
        var writer = new MessageWriter();
        try
        {
            ResponseFrame.Write(ref writer, header.CorrelationId, response, header.RequestApiVersion);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static async Task<byte[]> ReceiveAsync(INetworkConnection connection, int count)
    {
        byte[] bytes = new byte[count];
        for (int got = 0; got < count;)
        {
            int received = await connection.ReceiveAsync(bytes.AsMemory(got), CancellationToken.None);
            got += received > 0 ? received : throw new NetworkException("the client closed the connection");
        }

        return bytes;
    }
}
