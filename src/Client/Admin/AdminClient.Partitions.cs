using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Who leads and holds partitions, and in which directories.</summary>
public sealed partial class AdminClient
{
    /// <summary>Has leaders elected.</summary>
    /// <param name="type">Who is to be elected.</param>
    /// <param name="partitions">Of these partitions; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By partition; ELECTION_NOT_NEEDED is a result. Of all partitions, those that needed none are left out.</returns>
    /// <exception cref="KafkaException">Nothing was elected at all: CLUSTER_AUTHORIZATION_FAILED.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> ElectLeadersAsync(
        ElectionType type, IReadOnlyCollection<TopicPartition>? partitions = null, CancellationToken cancellationToken = default) =>
        OnceAsync<IReadOnlyDictionary<TopicPartition, AdminResult>>(
            "electing leaders",
            async cancellation =>
            {
                ElectLeadersResponse response = await AskControllerAsync<ElectLeadersResponse>(
                    PartitionMessages.Elect(type, partitions, TimeoutMs), cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "electing leaders", null);
                var results = new Dictionary<TopicPartition, AdminResult>();
                foreach (ElectLeadersResponse.ReplicaElectionResult topic in response.ReplicaElectionResults)
                {
                    foreach (ElectLeadersResponse.PartitionResult partition in topic.PartitionResult)
                    {
                        var key = new TopicPartition(topic.Topic, partition.PartitionId);
                        results[key] = partition.ErrorCode == ErrorCode.None
                            ? AdminResult.Done
                            : new AdminResult(KafkaException.Of(partition.ErrorCode, $"electing the leader of {key}", partition.ErrorMessage));
                    }
                }

                return results;
            },
            cancellationToken);

    /// <summary>Moves partitions to other brokers (KIP-455). The call returns when the moves have begun; <see cref="ListPartitionReassignmentsAsync"/> tells of those that go on.</summary>
    /// <param name="reassignments">For each partition who shall hold it, the preferred leader first; null ends a move that goes on.</param>
    /// <param name="allowReplicationFactorChange">Whether there may be more or fewer replicas than before (KIP-860; false needs brokers from 4.1).</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterPartitionReassignmentsAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<int>?> reassignments, bool allowReplicationFactorChange = true, CancellationToken cancellationToken = default) =>
        RunAsync<TopicPartition>(
            "reassigning",
            reassignments.Keys,
            async (batch, asked, cancellation) =>
            {
                AlterPartitionReassignmentsResponse response = await AskControllerAsync<AlterPartitionReassignmentsResponse>(
                    PartitionMessages.Reassign(asked, reassignments, allowReplicationFactorChange, TimeoutMs), cancellation).ConfigureAwait(false);
                if (response.ErrorCode != ErrorCode.None)
                {
                    foreach (TopicPartition partition in asked)
                    {
                        Settle(batch, partition, response.ErrorCode, response.ErrorMessage, true, () => true);
                    }

                    return;
                }

                foreach (AlterPartitionReassignmentsResponse.ReassignableTopicResponse topic in response.Responses)
                {
                    foreach (AlterPartitionReassignmentsResponse.ReassignablePartitionResponse partition in topic.Partitions)
                    {
                        Settle(batch, new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode, partition.ErrorMessage, true, () => true);
                    }
                }
            },
            cancellationToken);

    /// <summary>The moves that go on.</summary>
    /// <param name="partitions">Of these partitions; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KafkaException">They are not to be had: CLUSTER_AUTHORIZATION_FAILED.</exception>
    public Task<IReadOnlyDictionary<TopicPartition, PartitionReassignment>> ListPartitionReassignmentsAsync(
        IReadOnlyCollection<TopicPartition>? partitions = null, CancellationToken cancellationToken = default) =>
        OnceAsync<IReadOnlyDictionary<TopicPartition, PartitionReassignment>>(
            "listing reassignments",
            async cancellation =>
            {
                ListPartitionReassignmentsResponse response = await AskControllerAsync<ListPartitionReassignmentsResponse>(
                    PartitionMessages.ListReassignments(partitions, TimeoutMs), cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "listing reassignments", response.ErrorMessage);
                return PartitionMessages.Read(response);
            },
            cancellationToken);

    /// <summary>The log directories of brokers, and what they hold (KIP-113).</summary>
    /// <returns>By broker, then path. A directory that is offline has its <see cref="LogDirDescription.Error"/>.</returns>
    public Task<IReadOnlyDictionary<int, AdminResult<IReadOnlyDictionary<string, LogDirDescription>>>> DescribeLogDirsAsync(
        IEnumerable<int> brokerIds, CancellationToken cancellationToken = default) =>
        RunAsync<int, IReadOnlyDictionary<string, LogDirDescription>>(
            "describing the log directories of broker",
            brokerIds,
            (batch, asked, cancellation) => EachBrokerAsync(
                batch,
                asked,
                id => id,
                async (node, _) =>
                {
                    DescribeLogDirsResponse response = await AskNodeAsync<DescribeLogDirsResponse>(node, new DescribeLogDirsRequest { Topics = null }, cancellation).ConfigureAwait(false);
                    // Before version 3 a broker answered those it does not trust with nothing.
                    ErrorCode error = response.ErrorCode == ErrorCode.None && response.Results.Count == 0 ? ErrorCode.ClusterAuthorizationFailed : response.ErrorCode;
                    Settle(batch, node, error, null, false, () => LogDirMessages.Read(response));
                },
                cancellation),
            cancellationToken);

    /// <summary>In which directories replicas are, and how far moves between them have come.</summary>
    public Task<IReadOnlyDictionary<TopicPartitionReplica, AdminResult<ReplicaLogDirInfo>>> DescribeReplicaLogDirsAsync(
        IEnumerable<TopicPartitionReplica> replicas, CancellationToken cancellationToken = default) =>
        RunAsync<TopicPartitionReplica, ReplicaLogDirInfo>(
            "describing the log directory of",
            replicas,
            (batch, asked, cancellation) => EachBrokerAsync(
                batch,
                asked,
                replica => replica.BrokerId,
                async (node, some) =>
                {
                    DescribeLogDirsResponse response = await AskNodeAsync<DescribeLogDirsResponse>(node, LogDirMessages.Describe(some), cancellation).ConfigureAwait(false);
                    IReadOnlyDictionary<string, LogDirDescription> directories = LogDirMessages.Read(response);
                    foreach (TopicPartitionReplica replica in some)
                    {
                        Settle(batch, replica, response.ErrorCode, null, false, () => LogDirMessages.Find(directories, replica.Partition));
                    }
                },
                cancellation),
            cancellationToken);

    /// <summary>Moves replicas to other directories of their brokers, or names the directory of those that are still to come. The call returns when the moves have begun.</summary>
    /// <param name="directories">For each replica the directory, as its broker's <c>log.dirs</c> has it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By replica; REPLICA_NOT_AVAILABLE is said of those still to come: the broker remembers the directory.</returns>
    public Task<IReadOnlyDictionary<TopicPartitionReplica, AdminResult>> AlterReplicaLogDirsAsync(
        IReadOnlyDictionary<TopicPartitionReplica, string> directories, CancellationToken cancellationToken = default) =>
        RunAsync<TopicPartitionReplica>(
            "moving",
            directories.Keys,
            (batch, asked, cancellation) => EachBrokerAsync(
                batch,
                asked,
                replica => replica.BrokerId,
                async (node, some) =>
                {
                    AlterReplicaLogDirsResponse response = await AskNodeAsync<AlterReplicaLogDirsResponse>(node, LogDirMessages.Alter(some, directories), cancellation).ConfigureAwait(false);
                    foreach (AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult topic in response.Results)
                    {
                        foreach (AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult partition in topic.Partitions)
                        {
                            var replica = new TopicPartitionReplica(new TopicPartition(topic.TopicName, partition.PartitionIndex), node);
                            Settle(batch, replica, partition.ErrorCode, null, false, () => true);
                        }
                    }
                },
                cancellation),
            cancellationToken);
}
