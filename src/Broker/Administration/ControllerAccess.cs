using Moldau.Controller;
using Moldau.Metadata;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// How handlers reach the active controller: operations run there, and the answer comes once this node's own metadata shows their effect, so that a client that asks again at once sees it
/// (Apache Kafka answers earlier). Any thread.
/// </summary>
public sealed class ControllerAccess(QuorumController controller, MetadataLoader loader)
{
    /// <summary>Submits on behalf of a request. <paramref name="timeoutMs"/> is the request's own time-out.</summary>
    public Task<ControllerReply<T>> SubmitAsync<T>(
        RequestContext context, Func<MetadataImage, ControlContext, ControllerResult<T>> operation, int timeoutMs = RequestTimeoutMs)
        where T : class =>
        SubmitAsync(operation, new RequestOptions(
            context.ApiVersion,
            context.Principal.ToString(),
            timeoutMs,
            topic => context.May(AclOperation.DescribeConfigs, ResourceType.Topic, topic)));

    /// <summary>Submits on the node's own behalf.</summary>
    public async Task<ControllerReply<T>> SubmitAsync<T>(Func<MetadataImage, ControlContext, ControllerResult<T>> operation, RequestOptions options)
        where T : class
    {
        var reply = await controller.SubmitAsync(operation, options);
        await SeenHereAsync();
        return reply;
    }

    /// <summary>Completes when this node's image has reached what the controller has committed by now.</summary>
    public Task SeenHereAsync() => controller.IsActive ? loader.WaitForOffsetAsync(controller.CommittedImage.Offset) : Task.CompletedTask;

    /// <summary>The time-out of requests that bring none.</summary>
    public const int RequestTimeoutMs = 30_000;
}
