using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>The offsets of groups. A streams group's are as a consumer group's: the same methods read and change them.</summary>
public sealed partial class AdminClient
{
    /// <summary>From this version on OffsetFetch asks for many groups (KIP-709).</summary>
    private const short FetchManyGroupsVersion = 8;

    /// <summary>Up to this version offsets are named by topic name; later by id.</summary>
    private const short OffsetsByNameVersion = 9;

    /// <summary>What groups have committed.</summary>
    /// <param name="partitions">For each group the partitions; null for all that it has committed.</param>
    /// <param name="requireStable">Whether to wait for open transactions that commit offsets (KIP-447).</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By group, then partition; null for a partition without a committed offset.</returns>
    public Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<CommittedOffset?>>>>> ListConsumerGroupOffsetsAsync(
        IReadOnlyDictionary<string, IReadOnlyCollection<TopicPartition>?> partitions, bool requireStable = false, CancellationToken cancellationToken = default) =>
        RunAsync<string, IReadOnlyDictionary<TopicPartition, AdminResult<CommittedOffset?>>>(
            "listing offsets of group",
            partitions.Keys,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch,
                asked,
                CoordinatorType.Group,
                async (node, groups) =>
                {
                    BrokerConnection broker = await _cluster.ConnectAsync(node, ConnectionPurpose.General, cancellation).ConfigureAwait(false);
                    bool asksMany = broker.Versions.Version(ApiKey.OffsetFetch, 0, OffsetsByNameVersion) >= FetchManyGroupsVersion;
                    foreach (string[] some in asksMany ? [groups] : groups.Chunk(1))
                    {
                        OffsetFetchRequest request = GroupOffsetMessages.Fetch(some, partitions, requireStable, asksMany);
                        OffsetFetchResponse response = await AskAsync<OffsetFetchResponse>(broker, request, cancellation, OffsetsByNameVersion).ConfigureAwait(false);
                        foreach (OffsetFetchResponse.OffsetFetchResponseGroup group in asksMany ? response.Groups : [GroupOffsetMessages.AsGroup(some[0], response)])
                        {
                            SettleFetched(batch, group);
                        }
                    }
                },
                cancellation),
            cancellationToken);

    /// <summary>What one group has committed.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="partitions">Of these partitions; null for all that it has committed.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Without partitions that have no committed offset.</returns>
    /// <exception cref="KafkaException">The group or one of its partitions cannot be read.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, CommittedOffset>> ListConsumerGroupOffsetsAsync(
        string groupId, IReadOnlyCollection<TopicPartition>? partitions = null, CancellationToken cancellationToken = default)
    {
        var wanted = new Dictionary<string, IReadOnlyCollection<TopicPartition>?> { [groupId] = partitions };
        var group = (await ListConsumerGroupOffsetsAsync(wanted, false, cancellationToken).ConfigureAwait(false))[groupId].Value;
        return group.Where(offset => offset.Value.Value is not null).ToDictionary(offset => offset.Key, offset => offset.Value.Value!);
    }

    /// <summary>Sets what a group has committed. The group must have no members: UNKNOWN_MEMBER_ID or REBALANCE_IN_PROGRESS else.</summary>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterConsumerGroupOffsetsAsync(
        string groupId, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken = default) =>
        RunAsync<TopicPartition>(
            $"changing the offset of group {groupId} in",
            offsets.Keys,
            async (batch, asked, cancellation) =>
            {
                int node = await _cluster.CoordinatorAsync(CoordinatorType.Group, groupId, cancellation).ConfigureAwait(false);
                OffsetCommitResponse response = await AskCoordinatorAsync<OffsetCommitResponse>(
                    node, CoordinatorType.Group, groupId, GroupOffsetMessages.Commit(groupId, asked, offsets), cancellation, OffsetsByNameVersion).ConfigureAwait(false);
                foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in response.Topics)
                {
                    foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
                    {
                        SettleOffset(batch, groupId, new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode);
                    }
                }
            },
            cancellationToken);

    /// <summary>Deletes what a group has committed. No member of the group may read the topic: GROUP_SUBSCRIBED_TO_TOPIC else (KIP-496).</summary>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> DeleteConsumerGroupOffsetsAsync(
        string groupId, IEnumerable<TopicPartition> partitions, CancellationToken cancellationToken = default) =>
        RunAsync<TopicPartition>(
            $"deleting the offset of group {groupId} in",
            partitions,
            async (batch, asked, cancellation) =>
            {
                int node = await _cluster.CoordinatorAsync(CoordinatorType.Group, groupId, cancellation).ConfigureAwait(false);
                OffsetDeleteResponse response = await AskCoordinatorAsync<OffsetDeleteResponse>(
                    node, CoordinatorType.Group, groupId, GroupOffsetMessages.Delete(groupId, asked), cancellation).ConfigureAwait(false);
                if (FailedAsWhole(batch, asked, CoordinatorType.Group, groupId, response.ErrorCode, null))
                {
                    return;
                }

                foreach (OffsetDeleteResponse.OffsetDeleteResponseTopic topic in response.Topics)
                {
                    foreach (OffsetDeleteResponse.OffsetDeleteResponsePartition partition in topic.Partitions)
                    {
                        SettleOffset(batch, groupId, new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode);
                    }
                }
            },
            cancellationToken);

    private void SettleFetched(AdminBatch<string, IReadOnlyDictionary<TopicPartition, AdminResult<CommittedOffset?>>> batch, OffsetFetchResponse.OffsetFetchResponseGroup group)
    {
        bool isUnstable = group.Topics.Any(topic => topic.Partitions.Any(partition => partition.ErrorCode == ErrorCode.UnstableOffsetCommit));
        if (group.ErrorCode == ErrorCode.None && isUnstable)
        {
            batch.Retry(group.GroupId, ErrorCode.UnstableOffsetCommit);
            return;
        }

        SettleGroup(batch, group.GroupId.Value, group.ErrorCode, null, () => GroupOffsetMessages.Read(group));
    }

    private void SettleOffset(AdminBatch<TopicPartition, bool> batch, string groupId, TopicPartition partition, ErrorCode error)
    {
        if (error == ErrorCode.None)
        {
            batch.Succeed(partition, true);
        }
        else if (IsCoordinatorMoving(CoordinatorType.Group, groupId, error) || error == ErrorCode.RebalanceInProgress)
        {
            batch.Retry(partition, error);
        }
        else
        {
            batch.Fail(partition, error);
        }
    }
}
