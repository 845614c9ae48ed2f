using System.Diagnostics.CodeAnalysis;
using Moldau.Protocol;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>A handler that reads its request and writes its response as whole messages. Nothing is allocated beyond them when it completes at once.</summary>
public abstract class RequestHandler<TRequest, TResponse>(ApiKey apiKey) : RequestHandler(apiKey)
    where TRequest : class, IRequest, IMessage<TRequest>
    where TResponse : class, IResponse
{
    /// <inheritdoc />
    public sealed override ValueTask<OutgoingFrame?> RespondAsync(RequestContext context)
    {
        var reader = new MessageReader(context.Body);
        TRequest request = TRequest.Read(ref reader, context.ApiVersion);
        if (Authorization.ClusterOperation is { } operation && !context.MayOnCluster(operation, out ErrorCode denied))
        {
            return new ValueTask<OutgoingFrame?>(Refuse(context, request, denied));
        }

        return Start(context, request);
    }

    /// <inheritdoc />
    public sealed override OutgoingFrame Refuse(RequestContext context, ErrorCode error)
    {
        var reader = new MessageReader(context.Body);
        return Refuse(context, TRequest.Read(ref reader, context.ApiVersion), error);
    }

    /// <summary>Serves a request: null when it has no answer. See <see cref="RequestHandler.RespondAsync"/> for what is allowed.</summary>
    protected abstract ValueTask<TResponse?> HandleAsync(RequestContext context, TRequest request);

    /// <summary>
    /// The response that tells of a failure of the whole request, wherever its fields are; null when the response has no place for it, which closes the connection.
    /// </summary>
    protected abstract TResponse? ErrorResponse(TRequest request, ErrorCode error, string? message);

    /// <summary>The same where the place for the error depends on the version.</summary>
    protected virtual TResponse? ErrorResponse(RequestContext context, TRequest request, ErrorCode error, string? message) => ErrorResponse(request, error, message);

    /// <summary>Writes the throttle time into the response; responses without such a field ignore it.</summary>
    protected virtual void SetThrottleTime(TResponse response, int throttleMs)
    {
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The boundary of a request: one that fails is logged and answered, the others go on.")]
    private ValueTask<OutgoingFrame?> Start(RequestContext context, TRequest request)
    {
        try
        {
            ValueTask<TResponse?> handling = HandleAsync(context, request);
            return handling.IsCompletedSuccessfully
                ? new ValueTask<OutgoingFrame?>(Encode(context, request, handling.Result))
                : FinishAsync(context, request, handling);
        }
        catch (Exception failure) when (context.IsUnexpected(failure))
        {
            return new ValueTask<OutgoingFrame?>(Refuse(context, request, ErrorCode.UnknownServerError));
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The boundary of a request: one that fails is logged and answered, the others go on.")]
    private async ValueTask<OutgoingFrame?> FinishAsync(RequestContext context, TRequest request, ValueTask<TResponse?> handling)
    {
        try
        {
            return Encode(context, request, await handling);
        }
        catch (Exception failure) when (context.IsUnexpected(failure))
        {
            return Refuse(context, request, ErrorCode.UnknownServerError);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The boundary of a request: one that fails is logged and answered, the others go on.")]
    private OutgoingFrame? Encode(RequestContext context, TRequest request, TResponse? response)
    {
        if (response is null)
        {
            return null;
        }

        int throttleMs = context.Throttle();
        if (throttleMs > 0)
        {
            SetThrottleTime(response, throttleMs);
        }

        try
        {
            return context.Encode(response);
        }
        catch (ProtocolException failure)
        {
            // The response is ours: that it cannot be written is no fault of the peer's.
            context.ReportFailure(failure);
            return Refuse(context, request, ErrorCode.UnknownServerError);
        }
    }

    private OutgoingFrame Refuse(RequestContext context, TRequest request, ErrorCode error) =>
        context.Encode(ErrorResponse(context, request, error, error.Message()) ?? throw new ProtocolException($"the request failed with {error} and has no response that could say so"));
}
