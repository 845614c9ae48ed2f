using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>ListGroups v0 to v5, of the groups that this node coordinates: v4 filters by states (KIP-518), v5 by types (KIP-848).</summary>
public sealed class ListGroupsHandler(GroupCoordinator groups) : RequestHandler<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Describe, ResourceType.Cluster, "for all groups"),
        new AuthorizationRule(AclOperation.Describe, ResourceType.Group, "for each group without it"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<ListGroupsResponse?> HandleAsync(RequestContext context, ListGroupsRequest request)
    {
        var response = await groups.ListAsync(request);
        if (!context.May(AclOperation.Describe, ResourceType.Cluster, ResourceNames.Cluster))
        {
            response.Groups.RemoveAll(group => !context.May(AclOperation.Describe, ResourceType.Group, group.GroupId));
        }

        return response;
    }

    protected override ListGroupsResponse ErrorResponse(ListGroupsRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(ListGroupsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
