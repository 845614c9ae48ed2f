using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>Groups with their members and lag, as several commands read them.</summary>
internal static class GroupReading
{
    /// <summary>The listings of the groups named; of all when null.</summary>
    /// <exception cref="CliException">One of them is not there.</exception>
    public static async Task<IReadOnlyList<GroupListing>> FindAsync(Session session, IReadOnlyList<string>? names, CancellationToken cancellationToken)
    {
        IReadOnlyList<GroupListing> all = await session.Admin.ListGroupsAsync(null, cancellationToken);
        if (names is null)
        {
            return all;
        }

        return
        [
            .. names.Select(name => all.FirstOrDefault(group => group.GroupId == name)
                ?? throw CliException.Failed($"there is no group {name}", Failures.NextStep(Protocol.ErrorCode.GroupIdNotFound))),
        ];
    }

    /// <summary>Members of any type of group, in one form.</summary>
    public static async Task<GroupPicture> DescribeAsync(Session session, GroupListing group, CancellationToken cancellationToken)
    {
        string id = group.GroupId;
        switch (group.Type)
        {
            case GroupType.Share:
                ShareGroupDescription share = (await session.Admin.DescribeShareGroupsAsync([id], null, cancellationToken))[id].Value;
                return new GroupPicture(id, group.Type, share.State, share.PartitionAssignor, share.GroupEpoch, share.Coordinator, share.Members);
            case GroupType.Streams:
                StreamsGroupDescription streams = (await session.Admin.DescribeStreamsGroupsAsync([id], null, cancellationToken))[id].Value;
                MemberDescription[] members = [.. streams.Members.Select(member => new MemberDescription(member.MemberId, member.InstanceId, member.ClientId, member.ClientHost, TasksOf(streams, member)))];
                return new GroupPicture(id, group.Type, streams.State, streams.AssignorName ?? "", streams.GroupEpoch, streams.Coordinator, members);
            default:
                ConsumerGroupDescription consumers = (await session.Admin.DescribeConsumerGroupsAsync([id], null, cancellationToken))[id].Value;
                return new GroupPicture(id, consumers.Type, consumers.State, consumers.PartitionAssignor, consumers.GroupEpoch, consumers.Coordinator, consumers.Members);
        }
    }

    /// <summary>The partitions of a group with committed and end offsets, by topic and partition.</summary>
    public static async Task<IReadOnlyList<GroupLag>> LagAsync(Session session, GroupPicture group, CancellationToken cancellationToken)
    {
        Dictionary<TopicPartition, GroupOwner> owners = [];
        foreach (MemberDescription member in group.Members)
        {
            foreach (TopicPartition partition in member.Assignment)
            {
                owners.TryAdd(partition, new GroupOwner(member.MemberId, member.GroupInstanceId, member.Host, member.ClientId));
            }
        }

        Dictionary<TopicPartition, long> committed = await CommittedAsync(session, group, cancellationToken);
        List<TopicPartition> partitions = [.. committed.Keys.Union(owners.Keys).OrderBy(partition => partition.Topic.Value, StringComparer.Ordinal).ThenBy(partition => partition.Partition.Value)];
        IReadOnlyDictionary<TopicPartition, long> ends = await session.EndOffsetsAsync(partitions, cancellationToken);
        return
        [
            .. partitions.Select(partition => new GroupLag(
                partition,
                committed.TryGetValue(partition, out long offset) ? offset : null,
                ends.TryGetValue(partition, out long end) ? end : null,
                owners.GetValueOrDefault(partition))),
        ];
    }

    private static async Task<Dictionary<TopicPartition, long>> CommittedAsync(Session session, GroupPicture group, CancellationToken cancellationToken)
    {
        if (group.Type == GroupType.Share)
        {
            var wanted = new Dictionary<string, IReadOnlyCollection<TopicPartition>?> { [group.GroupId] = null };
            var offsets = (await session.Admin.ListShareGroupOffsetsAsync(wanted, cancellationToken))[group.GroupId].Value;
            return offsets.Where(offset => offset.Value.ValueOrDefault is not null).ToDictionary(offset => offset.Key, offset => offset.Value.Value!.StartOffset);
        }

        return (await session.Admin.ListConsumerGroupOffsetsAsync(group.GroupId, null, cancellationToken)).ToDictionary(offset => offset.Key, offset => offset.Value.Offset);
    }

    /// <summary>Of a streams member: the partitions of the source topics of its active tasks.</summary>
    private static TopicPartition[] TasksOf(StreamsGroupDescription streams, StreamsGroupMember member)
    {
        var partitions = new List<TopicPartition>();
        foreach (StreamsTasks tasks in member.Assignment.ActiveTasks)
        {
            StreamsSubtopology? subtopology = streams.Subtopologies.FirstOrDefault(candidate => candidate.SubtopologyId == tasks.SubtopologyId);
            IEnumerable<string> topics = subtopology is null ? [] : subtopology.SourceTopics.Concat(subtopology.RepartitionSourceTopics.Select(topic => topic.Name));
            partitions.AddRange(topics.SelectMany(topic => tasks.Partitions.Select(partition => new TopicPartition(topic, partition))));
        }

        return [.. partitions];
    }
}
