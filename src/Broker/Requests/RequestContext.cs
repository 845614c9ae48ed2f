using System.Net;
using Moldau.Protocol;
using Moldau.Runtime;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// One request on its way: its header, who sent it and how, and what its handler may do with it. Belongs to the handler until its task ends; not for two threads at a time.
/// </summary>
public sealed class RequestContext
{
    private readonly RequestPipeline _pipeline;
    private readonly PendingRequest _pending;
    private int _bodyStart;
    private long _startedTimestamp;

    private RequestContext(RequestPipeline pipeline, PendingRequest pending, RequestHandler handler)
    {
        _pipeline = pipeline;
        _pending = pending;
        Handler = handler;
        ClientId = "";
        Principal = Connection.Authenticator.Principal;
    }

    /// <summary>The context of a request whose header has been read: that of the connection's request before where it is free.</summary>
    internal static RequestContext Begin(RequestPipeline pipeline, PendingRequest pending, RequestHandler handler, in ParsedHeader header)
    {
        RequestContext context = pending.Context ??= new RequestContext(pipeline, pending, handler);
        context.Begin(handler, header);
        return context;
    }

    public RequestHandler Handler { get; private set; }

    public ApiKey ApiKey => Handler.ApiKey;

    public short ApiVersion { get; private set; }

    public int CorrelationId { get; private set; }

    /// <summary>As the client says; empty when it says nothing.</summary>
    public string ClientId { get; private set; }

    /// <summary>Who sent it, as of when it was received.</summary>
    public KafkaPrincipal Principal { get; private set; }

    public Connection Connection => _pending.Connection;

    public ListenerBinding Listener => Connection.Listener;

    public IPAddress ClientAddress => Connection.RemoteEndPoint.Address;

    /// <summary>All handlers of the node.</summary>
    public RequestHandlerRegistry Handlers => _pipeline.Handlers;

    /// <summary>The body; slices of it live until the request is completed, or until <see cref="ReleaseFrame"/>. What outlives that is copied.</summary>
    public Memory<byte> Body => _pending.Frame[_bodyStart..];

    /// <summary>Cancelled when the connection closes: nobody will read the answer.</summary>
    public CancellationToken Cancellation => Connection.Cancellation;

    /// <summary>The longest throttle time of the quotas that this request broke so far, in milliseconds.</summary>
    public int ThrottleMs { get; private set; }

    /// <summary>
    /// Stage one: what must happen in the order of the requests has happened, and the connection may go on to its next one although this one still waits. Without it, the next waits for the answer.
    /// </summary>
    public void MarkDispatched() => _pending.MarkDispatched();

    /// <summary>Gives the frame and its memory back before the answer is there. The body must not be touched after it.</summary>
    public void ReleaseFrame() => _pending.ReleaseFrame();

    /// <summary>Asks the authorizer.</summary>
    public AuthorizationResult Authorize(AclOperation operation, ResourceType type, string name) =>
        _pipeline.Authorizer.Authorize(Principal, ClientAddress, operation, type, name);

    /// <summary>Asks the authorizer about any resource of the type.</summary>
    public AuthorizationResult AuthorizeAny(AclOperation operation, ResourceType type) => _pipeline.Authorizer.AuthorizeAny(Principal, ClientAddress, operation, type);

    /// <summary>Whether the client may do that to the resource; while the authorizer is not ready nobody may anything.</summary>
    public bool May(AclOperation operation, ResourceType type, string name) => Authorize(operation, type, name) == AuthorizationResult.Allowed;

    /// <summary>As <see cref="May"/>, for when the request has ended, and for any thread: what its client may do then.</summary>
    public Func<AclOperation, ResourceType, string, bool> MayLater()
    {
        var (authorizer, principal, address) = (_pipeline.Authorizer, Principal, ClientAddress);
        return (operation, type, name) => authorizer.Authorize(principal, address, operation, type, name) == AuthorizationResult.Allowed;
    }

    /// <summary>Whether the client may do that to the cluster, and if not, with which error it is refused.</summary>
    public bool MayOnCluster(AclOperation operation, out ErrorCode error)
    {
        error = Authorize(operation, ResourceType.Cluster, ResourceNames.Cluster) switch
        {
            AuthorizationResult.Allowed => ErrorCode.None,
            AuthorizationResult.NotReady => ErrorCode.CoordinatorLoadInProgress,
            _ => ErrorCode.ClusterAuthorizationFailed,
        };
        return error == ErrorCode.None;
    }

    /// <summary>Counts against a quota of the client. The answer carries the longest throttle time, and the connection is not read for as long (KIP-219).</summary>
    public void Record(QuotaKind kind, double amount) => ThrottleMs = Math.Max(ThrottleMs, _pipeline.Quotas.Record(kind, Principal, ClientId, amount));

    /// <summary>Starts an answer: a writer that stands after the response header. End it with <see cref="End"/>, or dispose it.</summary>
    public MessageWriter Begin(short apiVersion, int capacity = 512)
    {
        var writer = new MessageWriter(capacity);
        writer.WriteInt32(0);
        writer.WriteInt32(CorrelationId);
        if (Handler.Info.ResponseHeaderVersion(apiVersion) > 0)
        {
            writer.WriteUnsignedVarint(0);
        }

        return writer;
    }

    /// <summary>Ends an answer, or its first part: more can be added to the frame.</summary>
    public static OutgoingFrame End(ref MessageWriter writer) => new(writer.Detach(out int length), length);

    /// <summary>As <see cref="End"/>, in an object that the connection's next request uses again. Once in a request.</summary>
    internal OutgoingFrame EndReused(ref MessageWriter writer) => _pending.Answer(writer.Detach(out int length), length);

    /// <summary>As <see cref="EndReused"/> where only the start of the written bytes is the answer's first part.</summary>
    internal OutgoingFrame AnswerReused(byte[] head, int length) => _pending.Answer(head, length);

    /// <summary>A response as a frame, in the version of the request.</summary>
    public OutgoingFrame Encode(IResponse response) => Encode(response, ApiVersion);

    /// <summary>A response as a frame, in a version of its own: an ApiVersions request of an unknown version is answered in version 0.</summary>
    public OutgoingFrame Encode(IResponse response, short apiVersion)
    {
        MessageWriter writer = Begin(apiVersion);
        try
        {
            response.Write(ref writer, apiVersion);
            return End(ref writer);
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Closes the request's account: its time counts against the request quota, and the connection is muted as long as any quota demands.</summary>
    internal int Throttle()
    {
        Record(QuotaKind.Request, _pipeline.Time.GetElapsedTime(_startedTimestamp).TotalMilliseconds);
        _pending.ThrottleMs = ThrottleMs;
        return ThrottleMs;
    }

    /// <summary>Logs a failure that is a bug of ours, or says false: the peer's fault, or the connection's end, which others treat.</summary>
    internal bool IsUnexpected(Exception failure)
    {
        if (failure is ProtocolException || (failure is OperationCanceledException or NetworkException && Cancellation.IsCancellationRequested))
        {
            return false;
        }

        ReportFailure(failure);
        return true;
    }

    internal void ReportFailure(Exception failure) => _pipeline.ReportFailure(Connection, Handler, ApiVersion, failure);

    private void Begin(RequestHandler handler, in ParsedHeader header)
    {
        _bodyStart = header.BodyStart;
        _startedTimestamp = _pipeline.Time.GetTimestamp();
        Handler = handler;
        ApiVersion = header.ApiVersion;
        CorrelationId = header.CorrelationId;
        ClientId = header.ClientId;
        Principal = Connection.Authenticator.Principal;
        ThrottleMs = 0;
    }
}
