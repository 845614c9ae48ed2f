using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of share groups' offsets and what callers see. Stateless; any thread.</summary>
internal static class ShareOffsetMessages
{
    public static DescribeShareGroupOffsetsRequest Describe(string[] groups, IReadOnlyDictionary<string, IReadOnlyCollection<TopicPartition>?> partitions) => new()
    {
        Groups =
        [
            .. groups.Select(group => new DescribeShareGroupOffsetsRequest.DescribeShareGroupOffsetsRequestGroup
            {
                GroupId = group,
                Topics = partitions[group] is { } some
                    ?
                    [
                        .. GroupOffsetMessages.ByTopic(some).Select(topic => new DescribeShareGroupOffsetsRequest.DescribeShareGroupOffsetsRequestTopic
                        {
                            TopicName = topic.Key,
                            Partitions = [.. topic],
                        }),
                    ]
                    : null,
            }),
        ],
    };

    public static IReadOnlyDictionary<TopicPartition, AdminResult<ShareGroupOffset?>> Read(DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponseGroup group)
    {
        var offsets = new Dictionary<TopicPartition, AdminResult<ShareGroupOffset?>>();
        foreach (DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponseTopic topic in group.Topics)
        {
            foreach (DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponsePartition partition in topic.Partitions)
            {
                var key = new TopicPartition(topic.TopicName, partition.PartitionIndex);
                offsets[key] = partition.ErrorCode == ErrorCode.None
                    ? new AdminResult<ShareGroupOffset?>(Read(partition))
                    : new AdminResult<ShareGroupOffset?>(
                        KafkaException.Of(partition.ErrorCode, $"listing the offset of share group {group.GroupId} in {key}", partition.ErrorMessage));
            }
        }

        return offsets;
    }

    public static AlterShareGroupOffsetsRequest Alter(string groupId, TopicPartition[] partitions, IReadOnlyDictionary<TopicPartition, long> offsets) => new()
    {
        GroupId = groupId,
        Topics =
        [
            .. partitions.GroupBy(partition => partition.Topic).Select(topic => new AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic
            {
                TopicName = topic.Key,
                Partitions =
                [
                    .. topic.Select(partition => new AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestPartition
                    {
                        PartitionIndex = partition.Partition,
                        StartOffset = offsets[partition],
                    }),
                ],
            }),
        ],
    };

    private static ShareGroupOffset? Read(DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponsePartition partition) => partition.StartOffset < 0
        ? null
        : new ShareGroupOffset(
            partition.StartOffset,
            partition.LeaderEpoch.Value >= 0 ? partition.LeaderEpoch.Value : default(int?),
            partition.Lag >= 0 ? partition.Lag : default(long?));
}
