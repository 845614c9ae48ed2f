using Moldau.Coordination;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DeleteGroups v0 to v3 (KIP-229): groups without members, with their offsets. v3 says why not.</summary>
public sealed class DeleteGroupsHandler(GroupCoordinator groups) : RequestHandler<DeleteGroupsRequest, DeleteGroupsResponse>(ApiKey.DeleteGroups)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Delete, ResourceType.Group);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<DeleteGroupsResponse?> HandleAsync(RequestContext context, DeleteGroupsRequest request)
    {
        var allowed = new List<GroupId>();
        var refused = new List<DeleteGroupsResponse.DeletableGroupResult>();
        foreach (var group in request.GroupsNames.Distinct())
        {
            if (context.May(AclOperation.Delete, ResourceType.Group, group))
            {
                allowed.Add(group);
            }
            else
            {
                refused.Add(new() { GroupId = group, ErrorCode = ErrorCode.GroupAuthorizationFailed });
            }
        }

        return new DeleteGroupsResponse { Results = [.. await groups.DeleteAsync(allowed), .. refused] };
    }

    protected override DeleteGroupsResponse ErrorResponse(DeleteGroupsRequest request, ErrorCode error, string? message) =>
        new() { Results = request.GroupsNames.ConvertAll(group => new DeleteGroupsResponse.DeletableGroupResult { GroupId = group, ErrorCode = error }) };

    protected override void SetThrottleTime(DeleteGroupsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
