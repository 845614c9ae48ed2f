using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>LeaveGroup v0 to v5: v3 names several members, static ones by their instance ids (KIP-345), v5 adds reasons (KIP-800).</summary>
public sealed class LeaveGroupHandler(GroupCoordinator groups) : RequestHandler<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup)
{
    private const short MembersVersion = 3;

    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Read, ResourceType.Group);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<LeaveGroupResponse?> HandleAsync(RequestContext context, LeaveGroupRequest request)
    {
        if (!context.May(AclOperation.Read, ResourceType.Group, request.GroupId))
        {
            return ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null);
        }

        if (context.ApiVersion >= MembersVersion)
        {
            return await groups.LeaveAsync(GroupRequests.SenderOf(context), request);
        }

        request.Members = [new() { MemberId = request.MemberId }];
        var response = await groups.LeaveAsync(GroupRequests.SenderOf(context), request);
        return new LeaveGroupResponse { ErrorCode = response.ErrorCode != ErrorCode.None || response.Members.Count == 0 ? response.ErrorCode : response.Members[0].ErrorCode };
    }

    protected override LeaveGroupResponse ErrorResponse(LeaveGroupRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(LeaveGroupResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
