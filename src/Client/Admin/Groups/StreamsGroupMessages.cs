using Described = Moldau.Protocol.Api.StreamsGroupDescribeResponse;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>From what the protocol says of streams groups to what callers see. Stateless; any thread.</summary>
internal static class StreamsGroupMessages
{
    public static StreamsGroupDescription Read(Described.DescribedGroup group, Node coordinator) => new(
        group.GroupId,
        GroupMessages.State(group.GroupState),
        group.GroupEpoch,
        group.AssignmentEpoch,
        group.Topology?.Epoch ?? -1,
        [.. (group.Topology?.Subtopologies ?? []).Select(Read)],
        [.. group.Members.Select(Read)],
        coordinator)
    {
        AssignorName = string.IsNullOrEmpty(group.AssignorName) ? null : group.AssignorName,
        TopologyDescription = group.TopologyDescription is { } description ? Read(description) : null,
        TopologyDescriptionStatus = (StreamsTopologyDescriptionStatus)group.TopologyDescriptionStatus,
        AuthorizedOperations = AuthorizedOperations.Of(group.AuthorizedOperations),
    };

    private static StreamsSubtopology Read(Described.Subtopology subtopology) => new(
        subtopology.SubtopologyId,
        Names(subtopology.SourceTopics),
        Names(subtopology.RepartitionSinkTopics),
        [.. subtopology.StateChangelogTopics.Select(Read)],
        [.. subtopology.RepartitionSourceTopics.Select(Read)]);

    private static StreamsTopicInfo Read(Described.TopicInfo topic) => new(topic.Name, topic.Partitions, topic.ReplicationFactor, Pairs(topic.TopicConfigs));

    private static StreamsGroupMember Read(Described.Member member) => new(
        member.MemberId, member.MemberEpoch, member.ClientId, member.ClientHost, member.TopologyEpoch, member.ProcessId, Read(member.Assignment), Read(member.TargetAssignment))
    {
        InstanceId = member.InstanceId,
        RackId = member.RackId,
        UserEndpoint = member.UserEndpoint is { } endpoint ? $"{endpoint.Host}:{endpoint.Port}" : null,
        ClientTags = Pairs(member.ClientTags),
        TaskOffsets = [.. member.TaskOffsets.Select(Read)],
        TaskEndOffsets = [.. member.TaskEndOffsets.Select(Read)],
        IsClassic = member.IsClassic,
    };

    private static StreamsAssignment Read(Described.Assignment assignment) => new(Read(assignment.ActiveTasks), Read(assignment.StandbyTasks), Read(assignment.WarmupTasks));

    private static StreamsTasks[] Read(List<Described.TaskIds> tasks) =>
        [.. tasks.Select(task => new StreamsTasks(task.SubtopologyId, [.. task.Partitions.Select(partition => partition.Value)]))];

    private static StreamsTaskOffset Read(Described.TaskOffset offset) => new(offset.SubtopologyId, offset.Partition, offset.Offset);

    private static StreamsTopologyDescription Read(Described.TopologyDescription description) => new(
        description.Subtopologies.ToDictionary(subtopology => subtopology.SubtopologyId, subtopology => (IReadOnlyList<StreamsTopologyNode>)[.. subtopology.Nodes.Select(Read)]),
        [.. description.GlobalStores.Select(store => (Read(store.Source), Read(store.Processor)))]);

    private static StreamsTopologyNode Read(Described.TopologyDescriptionNode node) => new(
        node.Name,
        Enum.IsDefined((StreamsTopologyNodeType)node.NodeType) ? (StreamsTopologyNodeType)node.NodeType : StreamsTopologyNodeType.Unknown,
        Names(node.SourceTopics),
        node.SinkTopic?.Value,
        node.Stores,
        node.Successors);

    private static string[] Names(List<TopicName> topics) => [.. topics.Select(topic => topic.Value)];

    private static Dictionary<string, string> Pairs(List<Described.KeyValue> pairs) => pairs.ToDictionary(pair => pair.Key, pair => pair.Value);
}
