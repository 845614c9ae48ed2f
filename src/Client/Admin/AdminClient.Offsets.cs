using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Offsets of partitions: looking them up, deleting records before them, and who writes there.</summary>
public sealed partial class AdminClient
{
    /// <summary>Looks offsets up. Each partition's leader is asked.</summary>
    /// <param name="specs">What is asked for of each partition.</param>
    /// <param name="isolation">What <see cref="OffsetSpec.Latest"/> means while transactions are open.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By partition. A time after the last record is offset -1.</returns>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult<OffsetAtTime>>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> specs, IsolationLevel isolation = IsolationLevel.ReadUncommitted, CancellationToken cancellationToken = default)
    {
        RoundClock clock = StartClock();
        return RunAsync<TopicPartition, OffsetAtTime>(
            "looking up the offset of",
            specs.Keys,
            (batch, asked, cancellation) => EachLeaderAsync(
                batch, asked, clock, (node, partitions) => ListOffsetsAsync(batch, node, partitions, specs, isolation, cancellation), cancellation),
            cancellationToken);
    }

    /// <summary>Deletes all records before an offset, for good.</summary>
    /// <param name="beforeOffsets">For each partition the first offset that stays; -1 for the high watermark, that is, all that is committed goes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By partition the first offset that is still there, on all replicas that are alive.</returns>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult<long>>> DeleteRecordsAsync(
        IReadOnlyDictionary<TopicPartition, long> beforeOffsets, CancellationToken cancellationToken = default)
    {
        RoundClock clock = StartClock();
        return RunAsync<TopicPartition, long>(
            "deleting records of",
            beforeOffsets.Keys,
            (batch, asked, cancellation) => EachLeaderAsync(
                batch,
                asked,
                clock,
                async (node, partitions) =>
                {
                    DeleteRecordsResponse response = await AskNodeAsync<DeleteRecordsResponse>(
                        node, PartitionMessages.DeleteRecords(partitions, beforeOffsets, TimeoutMs), cancellation).ConfigureAwait(false);
                    foreach (DeleteRecordsResponse.DeleteRecordsTopicResult topic in response.Topics)
                    {
                        foreach (DeleteRecordsResponse.DeleteRecordsPartitionResult partition in topic.Partitions)
                        {
                            SettleLed(batch, new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode, null, () => partition.LowWatermark);
                        }
                    }
                },
                cancellation),
            cancellationToken);
    }

    /// <summary>Who writes to partitions, and the transactions that are open there (KIP-664).</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="brokerId">A replica to ask; null for the leader.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult<IReadOnlyList<ProducerState>>>> DescribeProducersAsync(
        IEnumerable<TopicPartition> partitions, int? brokerId = null, CancellationToken cancellationToken = default)
    {
        RoundClock clock = StartClock();
        return RunAsync<TopicPartition, IReadOnlyList<ProducerState>>(
            "describing producers of",
            partitions,
            (batch, asked, cancellation) => brokerId is { } broker
                ? EachBrokerAsync(batch, asked, _ => broker, (node, some) => DescribeProducersAsync(batch, node, some, false, cancellation), cancellation)
                : EachLeaderAsync(batch, asked, clock, (node, some) => DescribeProducersAsync(batch, node, some, true, cancellation), cancellation),
            cancellationToken);
    }

    private async Task ListOffsetsAsync(
        AdminBatch<TopicPartition, OffsetAtTime> batch,
        int node,
        TopicPartition[] partitions,
        IReadOnlyDictionary<TopicPartition, OffsetSpec> specs,
        IsolationLevel isolation,
        CancellationToken cancellationToken)
    {
        BrokerConnection broker = await _cluster.ConnectAsync(node, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false);
        short version = broker.Versions.Version(ApiKey.ListOffsets);
        TopicPartition[] possible = [.. partitions.Where(partition => specs[partition].Version <= version)];
        foreach (TopicPartition partition in partitions.Except(possible))
        {
            batch.Fail(partition, ErrorCode.UnsupportedVersion, $"broker {node} knows ListOffsets up to version {version}; what is asked needs version {specs[partition].Version}");
        }

        if (possible.Length == 0)
        {
            return;
        }

        ListOffsetsResponse response = await AskAsync<ListOffsetsResponse>(
            broker, PartitionMessages.ListOffsets(possible, specs, isolation, TimeoutMs), cancellationToken).ConfigureAwait(false);
        foreach (ListOffsetsResponse.ListOffsetsTopicResponse topic in response.Topics)
        {
            foreach (ListOffsetsResponse.ListOffsetsPartitionResponse partition in topic.Partitions)
            {
                SettleLed(
                    batch,
                    new TopicPartition(topic.Name, partition.PartitionIndex),
                    partition.ErrorCode,
                    null,
                    () => new OffsetAtTime(partition.Offset, partition.Timestamp, partition.LeaderEpoch.Value));
            }
        }
    }

    private async Task DescribeProducersAsync(
        AdminBatch<TopicPartition, IReadOnlyList<ProducerState>> batch, int node, TopicPartition[] partitions, bool isLeader, CancellationToken cancellationToken)
    {
        DescribeProducersResponse response = await AskNodeAsync<DescribeProducersResponse>(
            node,
            new DescribeProducersRequest
            {
                Topics = [.. GroupOffsetMessages.ByTopic(partitions).Select(topic => new DescribeProducersRequest.TopicRequest { Name = topic.Key, PartitionIndexes = [.. topic] })],
            },
            cancellationToken).ConfigureAwait(false);
        foreach (DescribeProducersResponse.TopicResponse topic in response.Topics)
        {
            foreach (DescribeProducersResponse.PartitionResponse partition in topic.Partitions)
            {
                var key = new TopicPartition(topic.Name, partition.PartitionIndex);
                if (isLeader)
                {
                    SettleLed(batch, key, partition.ErrorCode, partition.ErrorMessage, () => PartitionMessages.Read(partition));
                }
                else
                {
                    Settle(batch, key, partition.ErrorCode, partition.ErrorMessage, false, () => PartitionMessages.Read(partition));
                }
            }
        }
    }

    /// <summary>Takes over the answer of a leader: it may be one no more, or not yet.</summary>
    private static void SettleLed<TValue>(AdminBatch<TopicPartition, TValue> batch, TopicPartition partition, ErrorCode error, string? message, Func<TValue> value)
    {
        if (error == ErrorCode.None)
        {
            batch.Succeed(partition, value());
        }
        else if (error.IsRetriable())
        {
            batch.Retry(partition, error, message);
        }
        else
        {
            batch.Fail(partition, error, message);
        }
    }
}
