using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>Heartbeat v0 to v4 of classic groups: v3 adds static members (KIP-345).</summary>
public sealed class HeartbeatHandler(GroupCoordinator groups) : RequestHandler<HeartbeatRequest, HeartbeatResponse>(ApiKey.Heartbeat)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Read, ResourceType.Group);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<HeartbeatResponse?> HandleAsync(RequestContext context, HeartbeatRequest request) =>
        context.May(AclOperation.Read, ResourceType.Group, request.GroupId)
            ? await groups.HeartbeatAsync(GroupRequests.SenderOf(context), request)
            : ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null);

    protected override HeartbeatResponse ErrorResponse(HeartbeatRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(HeartbeatResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
