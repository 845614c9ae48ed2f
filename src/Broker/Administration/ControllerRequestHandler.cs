using Moldau.Controller;
using Moldau.Metadata;
using Moldau.Protocol;

namespace Moldau.Broker;

/// <summary>A handler whose work the active controller does: it submits an operation and turns an error of the whole into the API's response.</summary>
public abstract class ControllerRequestHandler<TRequest, TResponse>(ApiKey apiKey, ControllerAccess controller) : RequestHandler<TRequest, TResponse>(apiKey)
    where TRequest : class, IRequest, IMessage<TRequest>
    where TResponse : class, IResponse
{
    protected ControllerAccess Controller => controller;

    /// <summary>Runs the operation; an error of the whole becomes <see cref="RequestHandler{TRequest, TResponse}.ErrorResponse"/>.</summary>
    protected async ValueTask<TResponse?> SubmitAsync(
        RequestContext context, TRequest request, Func<MetadataImage, ControlContext, ControllerResult<TResponse>> operation, int timeoutMs)
    {
        var reply = await controller.SubmitAsync(context, operation, timeoutMs);
        return reply.IsError ? ErrorResponse(context, request, reply.Error.Code, reply.Error.Message) : reply.Response;
    }
}
