using System.Net;
using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;
using Moldau.Security;

namespace Moldau.Broker.Tests;

/// <summary>A node with a few handlers, in memory, and what it needs to know of itself.</summary>
internal sealed class PipelineFixture : IAsyncDisposable, IFeatureView, IAuthorizer
{
    public PipelineFixture(ListenerKind kind = ListenerKind.Broker, IConnectionAuthenticator? authenticator = null, params RequestHandler[] handlers)
    {
        Handlers = new RequestHandlerRegistry([new ApiVersionsHandler(this), new SaslHandshakeHandler(), new SaslAuthenticateHandler(), .. handlers]);
        var pipeline = new RequestPipeline(Handlers, Time, PipelineLog, authorizer: this);
        Server = new ConnectionServer(Network, pipeline, Time, ConnectionLog, new ConnectionLimits(), _ => authenticator ?? PlaintextAuthenticator.Instance);
        Server.Bind(new ListenerBinding { Name = "PLAINTEXT", Host = "broker", Port = 9092, Kind = kind });
        Server.Start();
    }

    public RequestHandlerRegistry Handlers { get; }

    public ConnectionServer Server { get; }

    public ManualTimeProvider Time { get; } = new();

    public MemoryNetwork Network { get; } = new();

    public RecordingLogger<RequestPipeline> PipelineLog { get; } = new();

    public RecordingLogger<ConnectionServer> ConnectionLog { get; } = new();

    public HashSet<AclOperation> Denied { get; } = [];

    public string? ClusterId => "cluster-1";

    public int NodeId => 7;

    public FeatureSnapshot Current { get; set; } = new([new("metadata.version", 7, 30), new("group.version", 0, 1)], 42, [new("metadata.version", 30)]);

    public async Task<TestPeer> Connect() => new(await Network.ConnectAsync("broker", 9092, TestContext.Current.CancellationToken));

    public AuthorizationResult Authorize(KafkaPrincipal principal, IPAddress host, AclOperation operation, ResourceType type, string name) =>
        Denied.Contains(operation) ? AuthorizationResult.Denied : AuthorizationResult.Allowed;

    public AuthorizationResult AuthorizeAny(KafkaPrincipal principal, IPAddress host, AclOperation operation, ResourceType type) =>
        Authorize(principal, host, operation, type, "");

    public ValueTask DisposeAsync() => new(Server.StopAsync(TimeSpan.Zero));

    /// <summary>A request as a client writes it.</summary>
    public static byte[] Frame(ApiKey key, short version, int correlationId, IRequest? body, short? bodyVersion = null)
    {
        var writer = new MessageWriter(64);
        writer.WriteInt32(0);
        short headerVersion = ApiCatalog.Get(key).RequestHeaderVersion(version);
        new RequestHeader { RequestApiKey = key, RequestApiVersion = version, CorrelationId = correlationId, ClientId = "test" }.Write(ref writer, headerVersion);
        body?.Write(ref writer, bodyVersion ?? version);
        byte[] frame = writer.ToArray();
        writer.Dispose();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        return frame;
    }

    /// <summary>The next answer, after its header was checked.</summary>
    public static async Task<T> Receive<T>(TestPeer peer, short version, int correlationId)
        where T : class, IResponse, IMessage<T>
    {
        byte[]? frame = await peer.ReceiveFrame();
        frame.ShouldNotBeNull();
        return Parse<T>(frame, version, correlationId);
    }

    private static T Parse<T>(byte[] frame, short version, int correlationId)
        where T : class, IResponse, IMessage<T>
    {
        var reader = new MessageReader(frame);
        reader.ReadInt32().ShouldBe(correlationId);
        var probe = Activator.CreateInstance<T>();
        if (ApiCatalog.Get(probe.ApiKey).ResponseHeaderVersion(version) > 0)
        {
            reader.SkipTaggedFields();
        }

        T response = T.Read(ref reader, version);
        reader.Remaining.ShouldBe(0);
        return response;
    }
}
