using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of groups' offsets and what callers see. Stateless; any thread.</summary>
internal static class GroupOffsetMessages
{
    public static OffsetFetchRequest Fetch(
        string[] groups, IReadOnlyDictionary<string, IReadOnlyCollection<TopicPartition>?> partitions, bool requireStable, bool asksMany)
    {
        if (!asksMany)
        {
            return new OffsetFetchRequest
            {
                GroupId = groups[0],
                RequireStable = requireStable,
                Topics = partitions[groups[0]] is { } some
                    ? [.. ByTopic(some).Select(topic => new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic.Key, PartitionIndexes = [.. topic] })]
                    : null,
            };
        }

        return new OffsetFetchRequest
        {
            RequireStable = requireStable,
            Groups =
            [
                .. groups.Select(group => new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = group,
                    Topics = partitions[group] is { } some
                        ? [.. ByTopic(some).Select(topic => new OffsetFetchRequest.OffsetFetchRequestTopics { Name = topic.Key, PartitionIndexes = [.. topic] })]
                        : null,
                }),
            ],
        };
    }

    /// <summary>The answer of an old broker as one group of a new one's.</summary>
    public static OffsetFetchResponse.OffsetFetchResponseGroup AsGroup(string groupId, OffsetFetchResponse response) => new()
    {
        GroupId = groupId,
        ErrorCode = response.ErrorCode,
        Topics =
        [
            .. response.Topics.Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopics
            {
                Name = topic.Name,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new OffsetFetchResponse.OffsetFetchResponsePartitions
                    {
                        PartitionIndex = partition.PartitionIndex,
                        CommittedOffset = partition.CommittedOffset,
                        CommittedLeaderEpoch = partition.CommittedLeaderEpoch,
                        Metadata = partition.Metadata,
                        ErrorCode = partition.ErrorCode,
                    }),
                ],
            }),
        ],
    };

    public static IReadOnlyDictionary<TopicPartition, AdminResult<CommittedOffset?>> Read(OffsetFetchResponse.OffsetFetchResponseGroup group)
    {
        var offsets = new Dictionary<TopicPartition, AdminResult<CommittedOffset?>>();
        foreach (OffsetFetchResponse.OffsetFetchResponseTopics topic in group.Topics)
        {
            foreach (OffsetFetchResponse.OffsetFetchResponsePartitions partition in topic.Partitions)
            {
                var key = new TopicPartition(topic.Name, partition.PartitionIndex);
                offsets[key] = partition.ErrorCode == ErrorCode.None
                    ? new AdminResult<CommittedOffset?>(Read(partition))
                    : new AdminResult<CommittedOffset?>(KafkaException.Of(partition.ErrorCode, $"listing the offset of group {group.GroupId} in {key}"));
            }
        }

        return offsets;
    }

    public static OffsetCommitRequest Commit(string groupId, TopicPartition[] partitions, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets) => new()
    {
        GroupId = groupId,
        Topics =
        [
            .. partitions.GroupBy(partition => partition.Topic).Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic.Key,
                Partitions =
                [
                    .. topic.Select(partition => new OffsetCommitRequest.OffsetCommitRequestPartition
                    {
                        PartitionIndex = partition.Partition,
                        CommittedOffset = offsets[partition].Offset,
                        CommittedLeaderEpoch = offsets[partition].LeaderEpoch ?? -1,
                        CommittedMetadata = offsets[partition].Metadata,
                    }),
                ],
            }),
        ],
    };

    public static OffsetDeleteRequest Delete(string groupId, TopicPartition[] partitions) => new()
    {
        GroupId = groupId,
        Topics =
        [
            .. ByTopic(partitions).Select(topic => new OffsetDeleteRequest.OffsetDeleteRequestTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(partition => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = partition })],
            }),
        ],
    };

    public static IEnumerable<IGrouping<TopicName, PartitionIndex>> ByTopic(IEnumerable<TopicPartition> partitions) =>
        partitions.GroupBy(partition => partition.Topic, partition => partition.Partition);

    private static CommittedOffset? Read(OffsetFetchResponse.OffsetFetchResponsePartitions partition) => partition.CommittedOffset < 0
        ? null
        : new CommittedOffset(partition.CommittedOffset)
        {
            LeaderEpoch = partition.CommittedLeaderEpoch.Value >= 0 ? partition.CommittedLeaderEpoch.Value : default(int?),
            Metadata = partition.Metadata ?? "",
        };
}
