using Moldau.Broker.Views;
using Moldau.Configuration;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// ConsumerGroupDescribe v0 and v1 (KIP-848): v1 tells which protocol a member speaks (KIP-1099). A group with a topic that the client may not describe is not shown.
/// </summary>
public sealed class ConsumerGroupDescribeHandler(GroupCoordinator groups, MetadataLoader loader, Func<NodeConfiguration> configuration)
    : RequestHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(ApiKey.ConsumerGroupDescribe)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Describe, ResourceType.Group),
        new AuthorizationRule(AclOperation.Describe, ResourceType.Topic, "for all topics of the group"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<ConsumerGroupDescribeResponse?> HandleAsync(RequestContext context, ConsumerGroupDescribeRequest request)
    {
        if (!ConsumerProtocolSupport.IsEnabled(loader, configuration()))
        {
            return ErrorResponse(request, ErrorCode.UnsupportedVersion, null);
        }

        var response = new ConsumerGroupDescribeResponse();
        var allowed = new List<GroupId>();
        foreach (var group in request.GroupIds)
        {
            if (context.May(AclOperation.Describe, ResourceType.Group, group))
            {
                allowed.Add(group);
            }
            else
            {
                response.Groups.Add(Failed(group, ErrorCode.GroupAuthorizationFailed, null));
            }
        }

        foreach (var group in await groups.DescribeConsumerAsync(allowed))
        {
            if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None)
            {
                group.AuthorizedOperations = AuthorizedOperations.OfGroup(context, group.GroupId);
            }

            response.Groups.Add(MayDescribeTopics(context, group)
                ? group
                : Failed(group.GroupId, ErrorCode.TopicAuthorizationFailed, "The group has described topic(s) that the client is not authorized to describe."));
        }

        return response;
    }

    protected override ConsumerGroupDescribeResponse ErrorResponse(ConsumerGroupDescribeRequest request, ErrorCode error, string? message) =>
        new() { Groups = request.GroupIds.ConvertAll(group => Failed(group, error, message)) };

    protected override void SetThrottleTime(ConsumerGroupDescribeResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static bool MayDescribeTopics(RequestContext context, ConsumerGroupDescribeResponse.DescribedGroup group) => group.Members
        .SelectMany(member => member.Assignment.TopicPartitions.Concat(member.TargetAssignment.TopicPartitions))
        .Select(topic => topic.TopicName.Value)
        .Distinct(StringComparer.Ordinal)
        .All(topic => context.May(AclOperation.Describe, ResourceType.Topic, topic));

    private static ConsumerGroupDescribeResponse.DescribedGroup Failed(GroupId group, ErrorCode error, string? message) =>
        new() { GroupId = group, ErrorCode = error, ErrorMessage = message };
}
