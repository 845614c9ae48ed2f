using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Runtime;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>From frame to answer: header, authentication state, handler, error boundary. Stateless between requests; all connections share it.</summary>
public sealed class RequestPipeline : IRequestProcessor
{
    private readonly ILogger<RequestPipeline> _logger;
    private readonly ConnectionStats? _stats;
    private readonly IRequestInterceptor? _interceptor;

    /// <param name="handlers">The APIs that the node serves.</param>
    /// <param name="time">The clock of quotas.</param>
    /// <param name="logger">Gets one line for each handler that fails.</param>
    /// <param name="authorizer">Null allows everything.</param>
    /// <param name="quotas">Null throttles nobody.</param>
    /// <param name="stats">Counts handlers that fail.</param>
    /// <param name="interceptor">Gets each request in its handler's place; null for none.</param>
    public RequestPipeline(
        RequestHandlerRegistry handlers,
        TimeProvider time,
        ILogger<RequestPipeline> logger,
        IAuthorizer? authorizer = null,
        IQuotaManager? quotas = null,
        ConnectionStats? stats = null,
        IRequestInterceptor? interceptor = null)
    {
        _interceptor = interceptor;
        Handlers = handlers;
        Time = time;
        _logger = logger;
        _stats = stats;
        Authorizer = authorizer ?? PermissiveAuthorizer.Instance;
        Quotas = quotas ?? UnlimitedQuotas.Instance;
    }

    public RequestHandlerRegistry Handlers { get; }

    internal TimeProvider Time { get; }

    internal IAuthorizer Authorizer { get; }

    internal IQuotaManager Quotas { get; }

    /// <inheritdoc />
    public Admission Admit(Connection connection, short apiKey, short apiVersion, int frameBytes)
    {
        RequestHandler? handler = Handlers.Find(apiKey, connection.Listener.Kind);
        if (handler is null)
        {
            return Admission.Refused($"{ApiName(apiKey)}: not served on this listener");
        }

        if (handler.NeedsAuthentication && !connection.Authenticator.IsAuthenticated)
        {
            return Admission.Refused($"{handler.Info.Name}: sent before authentication");
        }

        // ApiVersions in a version that nobody knows is answered all the same: by that a newer client learns what it may speak (KIP-511).
        if ((apiVersion < handler.LowestVersion || apiVersion > handler.HighestVersion) && handler.ApiKey != ApiKey.ApiVersions)
        {
            return Admission.Refused(string.Create(
                CultureInfo.InvariantCulture, $"{handler.Info.Name}: version {apiVersion}, where {handler.LowestVersion} to {handler.HighestVersion} are served"));
        }

        return Admission.Taken(handler.EstimateMemoryBytes(frameBytes));
    }

    /// <inheritdoc />
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The boundary of a request: one that fails costs its connection, the others go on.")]
    public void Process(PendingRequest request)
    {
        RequestHandler handler = Handlers.Find(request.ApiKey, request.Connection.Listener.Kind)!;
        RequestContext? context = null;
        try
        {
            request.HandlerKeepsNothing = handler.KeepsNothing && _interceptor is null;
            context = RequestContext.Begin(this, request, handler, ParsedHeader.Read(request.Frame, handler.Info, request.Connection.ClientIds));
            ValueTask<OutgoingFrame?> responding = _interceptor is null ? handler.RespondAsync(context) : _interceptor.RespondAsync(context);
            if (responding.IsCompletedSuccessfully)
            {
                request.Complete(responding.Result);
            }
            else
            {
                _ = FinishAsync(request, context, responding);
            }
        }
        catch (Exception failure)
        {
            Fail(request, context, handler, failure);
        }
    }

    /// <inheritdoc />
    public string ApiName(short apiKey) =>
        ApiCatalog.TryGet((ApiKey)apiKey, out ApiInfo? api) ? api.Name : string.Create(CultureInfo.InvariantCulture, $"API {apiKey}");

    internal void ReportFailure(Connection connection, RequestHandler handler, short apiVersion, Exception failure)
    {
        _stats?.OnHandlerFailure();
        _logger.LogError(failure, "{Api} version {Version} from {Peer} failed", handler.Info.Name, apiVersion, connection.RemoteEndPoint);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The boundary of a request: one that fails costs its connection, the others go on.")]
    private async Task FinishAsync(PendingRequest request, RequestContext context, ValueTask<OutgoingFrame?> responding)
    {
        OutgoingFrame? response;
        try
        {
            response = await responding;
        }
        catch (Exception failure)
        {
            Fail(request, context, context.Handler, failure);
            return;
        }

        request.Complete(response);
    }

    private void Fail(PendingRequest request, RequestContext? context, RequestHandler handler, Exception failure)
    {
        switch (failure)
        {
            case ProtocolException:
                request.Abort(failure.Message);
                break;
            case OperationCanceledException or NetworkException when request.Connection.Cancellation.IsCancellationRequested:
                request.Complete(null);
                break;
            default:
                ReportFailure(request.Connection, handler, context?.ApiVersion ?? -1, failure);
                request.Abort("its handler failed");
                break;
        }
    }
}
