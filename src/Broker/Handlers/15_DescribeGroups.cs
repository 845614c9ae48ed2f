using Moldau.Broker.Views;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DescribeGroups v0 to v6, of classic groups: v3 shows authorized operations (KIP-430), v4 static members, v6 tells groups that do not exist with an error (KIP-1043).</summary>
public sealed class DescribeGroupsHandler(GroupCoordinator groups) : RequestHandler<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Describe, ResourceType.Group);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<DescribeGroupsResponse?> HandleAsync(RequestContext context, DescribeGroupsRequest request)
    {
        var response = new DescribeGroupsResponse();
        var allowed = new List<GroupId>();
        foreach (var group in request.Groups)
        {
            if (context.May(AclOperation.Describe, ResourceType.Group, group))
            {
                allowed.Add(group);
            }
            else
            {
                response.Groups.Add(Failed(group, ErrorCode.GroupAuthorizationFailed));
            }
        }

        var described = await groups.DescribeAsync(GroupRequests.SenderOf(context), allowed);
        foreach (var group in described)
        {
            if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None)
            {
                group.AuthorizedOperations = AuthorizedOperations.OfGroup(context, group.GroupId);
            }
        }

        response.Groups.AddRange(described);
        return response;
    }

    protected override DescribeGroupsResponse ErrorResponse(DescribeGroupsRequest request, ErrorCode error, string? message) =>
        new() { Groups = request.Groups.ConvertAll(group => Failed(group, error)) };

    protected override void SetThrottleTime(DescribeGroupsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static DescribeGroupsResponse.DescribedGroup Failed(GroupId group, ErrorCode error) => new() { GroupId = group, ErrorCode = error };
}
