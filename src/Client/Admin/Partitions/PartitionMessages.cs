using Moldau.Core;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of partitions and what callers see. Stateless; any thread.</summary>
internal static class PartitionMessages
{
    public static ListOffsetsRequest ListOffsets(
        TopicPartition[] partitions, IReadOnlyDictionary<TopicPartition, OffsetSpec> specs, IsolationLevel isolation, int timeoutMs) => new()
    {
        ReplicaId = -1,
        IsolationLevel = (sbyte)isolation,
        TimeoutMs = timeoutMs,
        Topics =
        [
            .. partitions.GroupBy(partition => partition.Topic).Select(topic => new ListOffsetsRequest.ListOffsetsTopic
            {
                Name = topic.Key,
                Partitions =
                [
                    .. topic.Select(partition => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = partition.Partition, Timestamp = specs[partition].TimestampMs }),
                ],
            }),
        ],
    };

    public static DeleteRecordsRequest DeleteRecords(TopicPartition[] partitions, IReadOnlyDictionary<TopicPartition, long> offsets, int timeoutMs) => new()
    {
        TimeoutMs = timeoutMs,
        Topics =
        [
            .. partitions.GroupBy(partition => partition.Topic).Select(topic => new DeleteRecordsRequest.DeleteRecordsTopic
            {
                Name = topic.Key,
                Partitions =
                [
                    .. topic.Select(partition => new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = partition.Partition, Offset = offsets[partition] }),
                ],
            }),
        ],
    };

    public static IReadOnlyList<ProducerState> Read(DescribeProducersResponse.PartitionResponse partition) =>
    [
        .. partition.ActiveProducers.Select(producer => new ProducerState(
            producer.ProducerId,
            producer.ProducerEpoch,
            producer.LastSequence,
            Time(producer.LastTimestamp),
            producer.CoordinatorEpoch >= 0 ? producer.CoordinatorEpoch : default(int?),
            producer.CurrentTxnStartOffset >= 0 ? producer.CurrentTxnStartOffset.Value : default(long?))),
    ];

    public static ElectLeadersRequest Elect(ElectionType type, IReadOnlyCollection<TopicPartition>? partitions, int timeoutMs) => new()
    {
        ElectionType = (sbyte)type,
        TimeoutMs = timeoutMs,
        TopicPartitions = partitions is null
            ? null
            : [.. GroupOffsetMessages.ByTopic(partitions).Select(topic => new ElectLeadersRequest.TopicPartitionsData { Topic = topic.Key, Partitions = [.. topic] })],
    };

    public static AlterPartitionReassignmentsRequest Reassign(
        TopicPartition[] partitions, IReadOnlyDictionary<TopicPartition, IReadOnlyList<int>?> reassignments, bool allowReplicationFactorChange, int timeoutMs) => new()
    {
        TimeoutMs = timeoutMs,
        AllowReplicationFactorChange = allowReplicationFactorChange,
        Topics =
        [
            .. partitions.GroupBy(partition => partition.Topic).Select(topic => new AlterPartitionReassignmentsRequest.ReassignableTopic
            {
                Name = topic.Key,
                Partitions =
                [
                    .. topic.Select(partition => new AlterPartitionReassignmentsRequest.ReassignablePartition
                    {
                        PartitionIndex = partition.Partition,
                        Replicas = reassignments[partition] is { } replicas ? TopicMessages.Ids(replicas) : null,
                    }),
                ],
            }),
        ],
    };

    public static ListPartitionReassignmentsRequest ListReassignments(IReadOnlyCollection<TopicPartition>? partitions, int timeoutMs) => new()
    {
        TimeoutMs = timeoutMs,
        Topics = partitions is null
            ? null
            :
            [
                .. GroupOffsetMessages.ByTopic(partitions).Select(topic => new ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics
                {
                    Name = topic.Key,
                    PartitionIndexes = [.. topic],
                }),
            ],
    };

    public static IReadOnlyDictionary<TopicPartition, PartitionReassignment> Read(ListPartitionReassignmentsResponse response)
    {
        var moves = new Dictionary<TopicPartition, PartitionReassignment>();
        foreach (ListPartitionReassignmentsResponse.OngoingTopicReassignment topic in response.Topics)
        {
            foreach (ListPartitionReassignmentsResponse.OngoingPartitionReassignment partition in topic.Partitions)
            {
                moves[new TopicPartition(topic.Name, partition.PartitionIndex)] = new PartitionReassignment(
                    TopicMessages.Ids(partition.Replicas), TopicMessages.Ids(partition.AddingReplicas), TopicMessages.Ids(partition.RemovingReplicas));
            }
        }

        return moves;
    }

    /// <summary>A time of the protocol; null when it has none, or one that no calendar has.</summary>
    public static DateTimeOffset? Time(long timestampMs) =>
        timestampMs >= 0 && timestampMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(timestampMs) : default(DateTimeOffset?);
}
