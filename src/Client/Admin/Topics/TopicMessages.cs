using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of topics and what callers see. Stateless; any thread.</summary>
internal static class TopicMessages
{
    public static CreateTopicsRequest.CreatableTopic Write(NewTopic topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.ReplicasAssignments is null ? topic.NumPartitions : -1,
        ReplicationFactor = topic.ReplicasAssignments is null ? topic.ReplicationFactor : (short)-1,
        Assignments =
        [
            .. (topic.ReplicasAssignments ?? new Dictionary<int, IReadOnlyList<int>>()).Select(assigned => new CreateTopicsRequest.CreatableReplicaAssignment
            {
                PartitionIndex = assigned.Key,
                BrokerIds = Ids(assigned.Value),
            }),
        ],
        Configs = [.. topic.Configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
    };

    public static CreatePartitionsRequest.CreatePartitionsTopic Write(NewPartitions topic) => new()
    {
        Name = topic.Topic,
        Count = topic.TotalCount,
        Assignments = topic.NewAssignments is { } assignments ? [.. assignments.Select(brokers => new CreatePartitionsRequest.CreatePartitionsAssignment { BrokerIds = Ids(brokers) })] : null,
    };

    public static CreatedTopic Read(CreateTopicsResponse.CreatableTopicResult created) => new(
        created.Name,
        created.TopicId,
        created.NumPartitions,
        created.ReplicationFactor,
        created.TopicConfigErrorCode == ErrorCode.None && created.Configs is { Count: > 0 } configs
            ? new Config([.. configs.Select(config => new ConfigEntry(config.Name, config.Value, (ConfigSource)config.ConfigSource) { IsReadOnly = config.ReadOnly, IsSensitive = config.IsSensitive })])
            : null);

    public static TopicDescription Read(MetadataResponse.MetadataResponseTopic topic) => new(
        topic.Name?.Value ?? "",
        topic.TopicId,
        topic.IsInternal,
        [
            .. topic.Partitions.OrderBy(partition => partition.PartitionIndex).Select(partition => new TopicPartitionInfo(
                partition.PartitionIndex, Leader(partition.LeaderId), partition.LeaderEpoch.Value, Ids(partition.ReplicaNodes), Ids(partition.IsrNodes))
            {
                OfflineReplicas = Ids(partition.OfflineReplicas),
            }),
        ],
        AuthorizedOperations.Of(topic.TopicAuthorizedOperations));

    /// <summary>A page of a topic's partitions, behind those of the pages before.</summary>
    public static TopicDescription Read(
        DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic topic, TopicDescription? begun, bool includesAuthorizedOperations) => new(
        topic.Name?.Value ?? "",
        topic.TopicId,
        topic.IsInternal,
        [
            .. begun?.Partitions ?? [],
            .. topic.Partitions.Select(partition => new TopicPartitionInfo(
                partition.PartitionIndex, Leader(partition.LeaderId), partition.LeaderEpoch.Value, Ids(partition.ReplicaNodes), Ids(partition.IsrNodes))
            {
                OfflineReplicas = Ids(partition.OfflineReplicas),
                EligibleLeaderReplicas = partition.EligibleLeaderReplicas is { } eligible ? Ids(eligible) : null,
                LastKnownEligibleLeaderReplicas = partition.LastKnownElr is { } last ? Ids(last) : null,
            }),
        ],
        includesAuthorizedOperations ? AuthorizedOperations.Of(topic.TopicAuthorizedOperations) : null);

    public static List<BrokerId> Ids(IEnumerable<int> ids) => [.. ids.Select(id => new BrokerId(id))];

    public static int[] Ids(List<BrokerId> ids) => [.. ids.Select(id => id.Value)];

    private static int? Leader(BrokerId leader) => leader.Value >= 0 ? leader.Value : null;
}
