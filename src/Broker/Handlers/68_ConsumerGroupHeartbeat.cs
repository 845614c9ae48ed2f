using Moldau.Configuration;
using Moldau.Coordination;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// ConsumerGroupHeartbeat v0 and v1 (KIP-848): v1 adds subscriptions by pattern, and ids that clients make themselves (KIP-1082). A client must be allowed to describe the topics that it names;
/// its patterns match no others.
/// </summary>
public sealed class ConsumerGroupHeartbeatHandler(GroupCoordinator groups, MetadataLoader loader, Func<NodeConfiguration> configuration)
    : RequestHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(ApiKey.ConsumerGroupHeartbeat)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Read, ResourceType.Group),
        new AuthorizationRule(AclOperation.Describe, ResourceType.Topic, "for the topics that it subscribes to"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<ConsumerGroupHeartbeatResponse?> HandleAsync(RequestContext context, ConsumerGroupHeartbeatRequest request)
    {
        if (!ConsumerProtocolSupport.IsEnabled(loader, configuration()))
        {
            return ErrorResponse(request, ErrorCode.UnsupportedVersion, null);
        }

        if (!context.May(AclOperation.Read, ResourceType.Group, request.GroupId))
        {
            return ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null);
        }

        foreach (var topic in request.SubscribedTopicNames ?? [])
        {
            if (!context.May(AclOperation.Describe, ResourceType.Topic, topic.Value))
            {
                return ErrorResponse(request, ErrorCode.TopicAuthorizationFailed, null);
            }
        }

        var may = context.MayLater();
        var sender = GroupRequests.SenderOf(context);
        var caller = new ConsumerGroupCaller(
            sender.ClientId, sender.ClientHost, topics => [.. topics.Where(topic => may(AclOperation.Describe, ResourceType.Topic, topic))]);
        return await groups.ConsumerHeartbeatAsync(caller, request, context.ApiVersion);
    }

    protected override ConsumerGroupHeartbeatResponse ErrorResponse(ConsumerGroupHeartbeatRequest request, ErrorCode error, string? message) =>
        new() { ErrorCode = error, ErrorMessage = message, MemberId = null };

    protected override void SetThrottleTime(ConsumerGroupHeartbeatResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
