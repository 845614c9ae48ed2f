using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// SyncGroup v0 to v5: v3 adds static members (KIP-345), v5 the protocol's type and name, which it must have (KIP-559). The answer comes when the leader's assignment is committed.
/// </summary>
public sealed class SyncGroupHandler(GroupCoordinator groups) : RequestHandler<SyncGroupRequest, SyncGroupResponse>(ApiKey.SyncGroup)
{
    private const short ProtocolVersion = 5;

    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Read, ResourceType.Group);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<SyncGroupResponse?> HandleAsync(RequestContext context, SyncGroupRequest request)
    {
        if (context.ApiVersion >= ProtocolVersion && (request.ProtocolType is null || request.ProtocolName is null))
        {
            return ErrorResponse(request, ErrorCode.InconsistentGroupProtocol, null);
        }

        if (!context.May(AclOperation.Read, ResourceType.Group, request.GroupId))
        {
            return ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null);
        }

        var syncing = groups.SyncAsync(GroupRequests.SenderOf(context), request);
        context.ReleaseFrame();
        return await syncing;
    }

    protected override SyncGroupResponse ErrorResponse(SyncGroupRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(SyncGroupResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
