using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of groups and what callers see. Stateless; any thread.</summary>
internal static class GroupMessages
{
    private const short FiltersByTypeVersion = 5;

    public static List<GroupId> Ids(IEnumerable<string> groups) => [.. groups.Select(group => new GroupId(group))];

    public static GroupState State(string text) => Enum.TryParse(text, true, out GroupState state) ? state : GroupState.Unknown;

    public static GroupType Type(string text) => Enum.TryParse(text, true, out GroupType type) ? type : GroupType.Unknown;

    /// <summary>Brokers that know no types have classic groups alone: a filter that lets those through is left out for them.</summary>
    public static ListGroupsRequest List(ListGroupsOptions options, short version)
    {
        bool dropsTypes = version < FiltersByTypeVersion && options.Types.Contains(GroupType.Classic);
        return new ListGroupsRequest
        {
            StatesFilter = [.. options.States.Select(state => state.ToString())],
            TypesFilter = dropsTypes ? [] : [.. options.Types.Select(type => type.ToString())],
        };
    }

    public static IReadOnlyList<GroupListing> Read(ListGroupsResponse response, int node, ListGroupsOptions options) =>
    [
        .. response.Groups
            .Where(group => options.ProtocolTypes.Count == 0 || options.ProtocolTypes.Contains(group.ProtocolType))
            .Select(group => new GroupListing(group.GroupId, Type(group.GroupType), group.ProtocolType, State(group.GroupState), node)),
    ];

    public static LeaveGroupRequest Leave(string groupId, MemberToRemove[] members, string reason) => new()
    {
        GroupId = groupId,
        Members =
        [
            .. members.Select(member => new LeaveGroupRequest.MemberIdentity { MemberId = member.MemberId, GroupInstanceId = member.GroupInstanceId, Reason = reason }),
        ],
    };

    public static ConsumerGroupDescription Read(ConsumerGroupDescribeResponse.DescribedGroup group, Node coordinator) => new(
        group.GroupId,
        GroupType.Consumer,
        State(group.GroupState),
        group.AssignorName,
        [
            .. group.Members.Select(member => new MemberDescription(member.MemberId, member.InstanceId, member.ClientId, member.ClientHost, Partitions(member.Assignment))
            {
                RackId = member.RackId,
                TargetAssignment = Partitions(member.TargetAssignment),
                MemberEpoch = member.MemberEpoch,
                SubscribedTopics = [.. member.SubscribedTopicNames.Select(topic => topic.Value)],
                SubscribedTopicRegex = string.IsNullOrEmpty(member.SubscribedTopicRegex) ? null : member.SubscribedTopicRegex,
                IsUpgraded = member.MemberType switch { 0 => false, 1 => true, _ => default(bool?) },
            }),
        ],
        coordinator)
    {
        GroupEpoch = group.GroupEpoch,
        TargetAssignmentEpoch = group.AssignmentEpoch,
        AuthorizedOperations = AuthorizedOperations.Of(group.AuthorizedOperations),
    };

    /// <summary>A classic group of consumers.</summary>
    /// <exception cref="KafkaException">Its members are something else: INCONSISTENT_GROUP_PROTOCOL.</exception>
    public static ConsumerGroupDescription ReadConsumers(DescribeGroupsResponse.DescribedGroup group, Node coordinator) =>
        group.ProtocolType is not "" and not ConsumerProtocolFormat.ProtocolType
            ? throw KafkaException.Of(ErrorCode.InconsistentGroupProtocol, $"describing group {group.GroupId}", $"its members are no consumers, but of protocol type {group.ProtocolType}")
            : new ConsumerGroupDescription(group.GroupId, GroupType.Classic, State(group.GroupState), group.ProtocolData, Members(group), coordinator)
            {
                IsSimpleConsumerGroup = group.ProtocolType.Length == 0,
                AuthorizedOperations = AuthorizedOperations.Of(group.AuthorizedOperations),
            };

    public static ClassicGroupDescription ReadClassic(DescribeGroupsResponse.DescribedGroup group, Node coordinator) => new(
        group.GroupId, group.ProtocolType, group.ProtocolData, State(group.GroupState), Members(group), coordinator, AuthorizedOperations.Of(group.AuthorizedOperations));

    public static ShareGroupDescription Read(ShareGroupDescribeResponse.DescribedGroup group, Node coordinator) => new(
        group.GroupId,
        State(group.GroupState),
        group.GroupEpoch,
        group.AssignmentEpoch,
        group.AssignorName,
        [
            .. group.Members.Select(member => new MemberDescription(
                member.MemberId,
                null,
                member.ClientId,
                member.ClientHost,
                [.. member.Assignment.TopicPartitions.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.TopicName, partition)))])
            {
                RackId = member.RackId,
                MemberEpoch = member.MemberEpoch,
                SubscribedTopics = [.. member.SubscribedTopicNames.Select(topic => topic.Value)],
            }),
        ],
        coordinator,
        AuthorizedOperations.Of(group.AuthorizedOperations));

    private static MemberDescription[] Members(DescribeGroupsResponse.DescribedGroup group) =>
    [
        .. group.Members.Select(member => new MemberDescription(
            member.MemberId,
            member.GroupInstanceId,
            member.ClientId,
            member.ClientHost,
            group.ProtocolType == ConsumerProtocolFormat.ProtocolType ? Assignment(group.GroupId, member) : [])),
    ];

    private static IReadOnlyList<TopicPartition> Assignment(string groupId, DescribeGroupsResponse.DescribedGroupMember member)
    {
        try
        {
            return ConsumerProtocolFormat.ReadAssignment(member.MemberAssignment);
        }
        catch (ProtocolException malformed)
        {
            throw new KafkaException(ErrorCode.UnknownServerError, $"the assignment of member {member.MemberId} of group {groupId} cannot be read: {malformed.Message}", malformed);
        }
    }

    private static TopicPartition[] Partitions(ConsumerGroupDescribeResponse.Assignment assignment) =>
        [.. assignment.TopicPartitions.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.TopicName, partition)))];
}
