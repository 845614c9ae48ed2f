using Moldau.Protocol;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// Serves one API. States in one place what the pipeline must know before it reads a body: key, versions, listeners, what it demands, what it costs. One instance serves all connections and
/// threads. Derive from <see cref="RequestHandler{TRequest, TResponse}"/> unless the body is read or the answer written in a way of its own (records, file ranges).
/// </summary>
public abstract class RequestHandler
{
    /// <summary>What a small request takes once it is decoded.</summary>
    private const int SmallRequestBytes = 1024;

    protected RequestHandler(ApiKey apiKey) => Info = ApiCatalog.Get(apiKey);

    public ApiInfo Info { get; }

    public ApiKey ApiKey => Info.Key;

    /// <summary>The lowest version served; no lower than the protocol has.</summary>
    public virtual short LowestVersion => Info.LowestVersion;

    /// <summary>The highest version served and advertised.</summary>
    public virtual short HighestVersion => Info.HighestStableVersion;

    /// <summary>The listeners on which it is served.</summary>
    public virtual ApiListeners Listeners => Info.Listeners;

    /// <summary>What the client must be allowed to do.</summary>
    public abstract AuthorizationRequirement Authorization { get; }

    /// <summary>False for the few APIs by which a client comes to be authenticated.</summary>
    public virtual bool NeedsAuthentication => true;

    /// <summary>Memory to reserve for a request of that size, frame included. Decoded texts and arrays take about as much again as the frame.</summary>
    public virtual long EstimateMemoryBytes(int frameBytes) => SmallRequestBytes + (frameBytes * 2L);

    /// <summary>
    /// Whether nothing that serves a request looks at it, at its context or at its answer any more once the task of <see cref="RespondAsync"/> has ended: the connection uses these objects again
    /// for its next request.
    /// </summary>
    public virtual bool KeepsNothing => false;

    /// <summary>
    /// Serves one request: null when it has no answer. Runs on a thread that must not block. Until it returns and its task ends, or until <see cref="RequestContext.MarkDispatched"/>, the
    /// connection's next request waits. <see cref="ProtocolException"/> closes the connection.
    /// </summary>
    public abstract ValueTask<OutgoingFrame?> RespondAsync(RequestContext context);

    /// <summary>
    /// Answers with an error instead, without doing anything that was asked for: in each place of the response where this error may stand for all that the request names. Throws
    /// <see cref="ProtocolException"/>, which closes the connection, where the response has no place for it.
    /// </summary>
    public abstract OutgoingFrame Refuse(RequestContext context, ErrorCode error);
}
