using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>The offsets of share groups (KIP-932; brokers from 4.1).</summary>
public sealed partial class AdminClient
{
    /// <summary>How far share groups have come.</summary>
    /// <param name="partitions">For each group the partitions; null for all that it has.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By group, then partition; null where the group has not begun.</returns>
    public Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<ShareGroupOffset?>>>>> ListShareGroupOffsetsAsync(
        IReadOnlyDictionary<string, IReadOnlyCollection<TopicPartition>?> partitions, CancellationToken cancellationToken = default) =>
        RunAsync<string, IReadOnlyDictionary<TopicPartition, AdminResult<ShareGroupOffset?>>>(
            "listing offsets of share group",
            partitions.Keys,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch,
                asked,
                CoordinatorType.Group,
                async (node, groups) =>
                {
                    DescribeShareGroupOffsetsResponse response = await AskNodeAsync<DescribeShareGroupOffsetsResponse>(
                        node, ShareOffsetMessages.Describe(groups, partitions), cancellation).ConfigureAwait(false);
                    foreach (DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponseGroup group in response.Groups)
                    {
                        SettleGroup(batch, group.GroupId.Value, group.ErrorCode, group.ErrorMessage, () => ShareOffsetMessages.Read(group));
                    }
                },
                cancellation),
            cancellationToken);

    /// <summary>Has a share group go on from other offsets. It must have no members: NON_EMPTY_GROUP else.</summary>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterShareGroupOffsetsAsync(
        string groupId, IReadOnlyDictionary<TopicPartition, long> offsets, CancellationToken cancellationToken = default) =>
        RunAsync<TopicPartition>(
            $"changing the offset of share group {groupId} in",
            offsets.Keys,
            async (batch, asked, cancellation) =>
            {
                int node = await _cluster.CoordinatorAsync(CoordinatorType.Group, groupId, cancellation).ConfigureAwait(false);
                AlterShareGroupOffsetsResponse response = await AskCoordinatorAsync<AlterShareGroupOffsetsResponse>(
                    node, CoordinatorType.Group, groupId, ShareOffsetMessages.Alter(groupId, asked, offsets), cancellation).ConfigureAwait(false);
                if (FailedAsWhole(batch, asked, CoordinatorType.Group, groupId, response.ErrorCode, response.ErrorMessage))
                {
                    return;
                }

                foreach (AlterShareGroupOffsetsResponse.AlterShareGroupOffsetsResponseTopic topic in response.Responses)
                {
                    foreach (AlterShareGroupOffsetsResponse.AlterShareGroupOffsetsResponsePartition partition in topic.Partitions)
                    {
                        SettleInGroup(batch, groupId, new TopicPartition(topic.TopicName, partition.PartitionIndex), partition.ErrorCode, partition.ErrorMessage, () => true);
                    }
                }
            },
            cancellationToken);

    /// <summary>Has a share group forget topics. It must have no members: NON_EMPTY_GROUP else.</summary>
    public Task<IReadOnlyDictionary<string, AdminResult>> DeleteShareGroupOffsetsAsync(
        string groupId, IEnumerable<string> topics, CancellationToken cancellationToken = default) =>
        RunAsync<string>(
            $"deleting the offsets of share group {groupId} in",
            topics,
            async (batch, asked, cancellation) =>
            {
                int node = await _cluster.CoordinatorAsync(CoordinatorType.Group, groupId, cancellation).ConfigureAwait(false);
                var request = new DeleteShareGroupOffsetsRequest
                {
                    GroupId = groupId,
                    Topics = [.. asked.Select(topic => new DeleteShareGroupOffsetsRequest.DeleteShareGroupOffsetsRequestTopic { TopicName = topic })],
                };
                DeleteShareGroupOffsetsResponse response = await AskCoordinatorAsync<DeleteShareGroupOffsetsResponse>(
                    node, CoordinatorType.Group, groupId, request, cancellation).ConfigureAwait(false);
                if (FailedAsWhole(batch, asked, CoordinatorType.Group, groupId, response.ErrorCode, response.ErrorMessage))
                {
                    return;
                }

                foreach (DeleteShareGroupOffsetsResponse.DeleteShareGroupOffsetsResponseTopic topic in response.Responses)
                {
                    SettleInGroup(batch, groupId, topic.TopicName.Value, topic.ErrorCode, topic.ErrorMessage, () => true);
                }
            },
            cancellationToken);
}
