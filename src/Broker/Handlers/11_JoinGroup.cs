using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// JoinGroup v0 to v9: v1 adds the rebalance timeout, v4 tells dynamic members their id first (KIP-394), v5 adds static members (KIP-345), v7 the protocol type, v8 the client's reason (KIP-800),
/// v9 lets the leader keep its assignment (KIP-814). The answer comes when the rebalance has gathered its members.
/// </summary>
public sealed class JoinGroupHandler(GroupCoordinator groups) : RequestHandler<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup)
{
    private const short NullableProtocolVersion = 7;

    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Read, ResourceType.Group);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<JoinGroupResponse?> HandleAsync(RequestContext context, JoinGroupRequest request)
    {
        if (!context.May(AclOperation.Read, ResourceType.Group, request.GroupId))
        {
            return ForVersion(context, ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null));
        }

        var joining = groups.JoinAsync(GroupRequests.SenderOf(context), request);

        // It may take minutes, and the frame is not needed any more.
        context.ReleaseFrame();
        return ForVersion(context, await joining);
    }

    protected override JoinGroupResponse ErrorResponse(JoinGroupRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(JoinGroupResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static JoinGroupResponse ForVersion(RequestContext context, JoinGroupResponse response)
    {
        if (context.ApiVersion < NullableProtocolVersion)
        {
            response.ProtocolName ??= "";
        }

        return response;
    }
}
