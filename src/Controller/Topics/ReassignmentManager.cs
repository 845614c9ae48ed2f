using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Controller;

/// <summary>Moving replicas: AlterPartitionReassignments and its listing (KIP-455, KIP-860), and AssignReplicasToDirs (KIP-858). Pure.</summary>
public static class ReassignmentManager
{
    /// <summary>Starts, changes or (with null replicas) cancels reassignments. Each partition succeeds or fails alone.</summary>
    public static ControllerResult<AlterPartitionReassignmentsResponse> Alter(
        MetadataImage image, AlterPartitionReassignmentsRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new AlterPartitionReassignmentsResponse { AllowReplicationFactorChange = request.AllowReplicationFactorChange, ErrorMessage = null };
        var view = new TopicView(image, context.Node);
        foreach (AlterPartitionReassignmentsRequest.ReassignableTopic topic in request.Topics)
        {
            var results = new AlterPartitionReassignmentsResponse.ReassignableTopicResponse { Name = topic.Name };
            foreach (AlterPartitionReassignmentsRequest.ReassignablePartition partition in topic.Partitions)
            {
                ApiError error = Alter(view, topic.Name, partition, request.AllowReplicationFactorChange, records);
                results.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, ErrorCode = error.Code, ErrorMessage = error.Text });
            }

            response.Responses.Add(results);
        }

        return ControllerResult<AlterPartitionReassignmentsResponse>.Atomic(records, response);
    }

    /// <summary>The reassignments under way, of the topics named or of all.</summary>
    public static ListPartitionReassignmentsResponse List(MetadataImage image, ListPartitionReassignmentsRequest request)
    {
        var response = new ListPartitionReassignmentsResponse { ErrorMessage = null };
        if (request.Topics is null)
        {
            foreach (TopicImage topic in image.Topics.ById.Values)
            {
                Add(response, topic, [.. topic.Partitions.Select(static partition => partition.Key)]);
            }

            return response;
        }

        foreach (ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics wanted in request.Topics)
        {
            if (image.Topics.Find((string)wanted.Name) is { } topic)
            {
                var indexes = new List<int>(wanted.PartitionIndexes.Count);
                foreach (int index in wanted.PartitionIndexes)
                {
                    indexes.Add(index);
                }

                Add(response, topic, indexes);
            }
        }

        return response;
    }

    /// <summary>A broker tells in which directories replicas are.</summary>
    public static ControllerResult<AssignReplicasToDirsResponse> AssignDirectories(MetadataImage image, AssignReplicasToDirsRequest request, ControlContext context)
    {
        var response = new AssignReplicasToDirsResponse();
        ApiError stale = image.MetadataVersion.IsDirectoryAssignmentSupported
            ? ClusterManager.CheckEpoch(image, request.BrokerId, request.BrokerEpoch)
            : new(ErrorCode.UnsupportedVersion, "Directory assignment is not supported yet.");
        if (stale.IsError)
        {
            response.ErrorCode = stale.Code;
            return ControllerResult<AssignReplicasToDirsResponse>.Answer(response);
        }

        var records = new List<MetadataRecord>();
        var view = new TopicView(image, context.Node);
        foreach (AssignReplicasToDirsRequest.DirectoryData directory in request.Directories)
        {
            var directoryResponse = new AssignReplicasToDirsResponse.DirectoryData { Id = directory.Id };
            foreach (AssignReplicasToDirsRequest.TopicData topic in directory.Topics)
            {
                var topicResponse = new AssignReplicasToDirsResponse.TopicData { TopicId = topic.TopicId };
                foreach (AssignReplicasToDirsRequest.PartitionData partition in topic.Partitions)
                {
                    ErrorCode error = AssignDirectory(view, request.BrokerId, directory.Id, topic.TopicId, partition.PartitionIndex, records);
                    topicResponse.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, ErrorCode = error });
                }

                directoryResponse.Topics.Add(topicResponse);
            }

            response.Directories.Add(directoryResponse);
        }

        return new(records, response);
    }

    private static ErrorCode AssignDirectory(TopicView view, int brokerId, Uuid directory, Uuid topicId, int index, List<MetadataRecord> records)
    {
        TopicImage? topic = view.Image.Topics.Find(topicId);
        if (topic is null)
        {
            return ErrorCode.UnknownTopicId;
        }

        PartitionRegistration? partition = topic.Partition(index);
        if (partition is null)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        if (!partition.Replicas.Contains(brokerId))
        {
            return ErrorCode.NotLeaderOrFollower;
        }

        var change = new PartitionChange(view, topic, index, partition);
        change.SetDirectory(brokerId, directory);
        if (change.Build() is { } record)
        {
            records.Add(record);
        }

        BrokerRegistration broker = view.Image.Cluster.Broker(brokerId)!;
        if (!broker.HasOnlineDirectory(directory))
        {
            // The replica turns out to be in a directory that failed: it leaves the ISR like those known to be there.
            bool isUncleanAllowed = view.IsUncleanElectionEnabled(topic.Name);
            if (LeadershipManager.UpdatePartition(view, topic, index, partition, isUncleanAllowed, remove: brokerId, add: -1, unclean: -1) is { } offline)
            {
                records.Add(offline);
            }
        }

        return ErrorCode.None;
    }

    private static ApiError Alter(
        TopicView view,
        string name,
        AlterPartitionReassignmentsRequest.ReassignablePartition target,
        bool mayChangeReplicationFactor,
        List<MetadataRecord> records)
    {
        TopicImage? topic = view.Image.Topics.Find(name);
        if (topic is null)
        {
            return new(ErrorCode.UnknownTopicOrPartition, $"Unable to find a topic named {name}.");
        }

        int index = target.PartitionIndex;
        PartitionRegistration? partition = topic.Partition(index);
        if (partition is null)
        {
            return new(ErrorCode.UnknownTopicOrPartition, $"Unable to find partition {name}:{index}.");
        }

        return target.Replicas is null
            ? Cancel(view, topic, index, partition, records)
            : Change(view, topic, index, partition, BrokerIds.ToArray(target.Replicas), mayChangeReplicationFactor, records);
    }

    private static ApiError Cancel(TopicView view, TopicImage topic, int index, PartitionRegistration partition, List<MetadataRecord> records)
    {
        if (!partition.IsReassigning)
        {
            return new(ErrorCode.NoReassignmentInProgress);
        }

        List<int> replicas = [.. BrokerIds.Without(partition.Replicas.AsSpan(), partition.AddingReplicas.AsSpan())];
        List<int> isr = [.. BrokerIds.Without(partition.Isr.AsSpan(), partition.AddingReplicas.AsSpan())];
        bool isUncleanAllowed = view.IsUncleanElectionEnabled(topic.Name);
        if (isr.Count == 0)
        {
            // Only replicas that were being added are in sync: going back means to trust one that is not.
            if (replicas.Count == 0)
            {
                return new(ErrorCode.InvalidReplicaAssignment, "Invalid replica assignment: addingReplicas contains all replicas.");
            }

            if (!isUncleanAllowed)
            {
                return new(
                    ErrorCode.InvalidReplicaAssignment,
                    $"Unable to revert partition assignment for {topic.Name}:{index} because it would require an unclean leader election.");
            }

            isr.Add(replicas[0]);
        }

        MetadataRecord? record = new PartitionChange(view, topic, index, partition)
        {
            Election = isUncleanAllowed ? Election.Unclean : Election.Online,
            TargetIsr = isr,
            TargetReplicas = replicas,
            TargetRemoving = [],
            TargetAdding = [],
        }.Build();
        if (record is { } made)
        {
            records.Add(made);
        }

        return ApiError.None;
    }

    private static ApiError Change(
        TopicView view,
        TopicImage topic,
        int index,
        PartitionRegistration partition,
        int[] target,
        bool mayChangeReplicationFactor,
        List<MetadataRecord> records)
    {
        ApiError error = Assignments.Check(view.Image, target, replicationFactor: null);
        if (error.IsError)
        {
            return error;
        }

        int factor = partition.Replicas.Length - partition.AddingReplicas.Length;
        if (!mayChangeReplicationFactor && target.Length != factor)
        {
            return new(ErrorCode.InvalidReplicationFactor, $"The replication factor is changed from {factor} to {target.Length}");
        }

        int[] removing = [.. partition.Replicas.Where(replica => !target.Contains(replica)).Order()];
        int[] adding = [.. target.Where(replica => !partition.Replicas.Contains(replica)).Order()];
        var change = new PartitionChange(view, topic, index, partition) { TargetReplicas = [.. target, .. removing] };
        if (removing.Length > 0)
        {
            change.TargetRemoving = [.. removing];
        }

        if (adding.Length > 0)
        {
            change.TargetAdding = [.. adding];
        }

        if (change.Build() is { } record)
        {
            records.Add(record);
        }

        return ApiError.None;
    }

    private static void Add(ListPartitionReassignmentsResponse response, TopicImage topic, List<int> indexes)
    {
        var ongoing = new ListPartitionReassignmentsResponse.OngoingTopicReassignment { Name = topic.Name };
        foreach (int index in indexes)
        {
            if (topic.Partition(index) is { IsReassigning: true } partition)
            {
                ongoing.Partitions.Add(new()
                {
                    PartitionIndex = index,
                    Replicas = [.. partition.Replicas],
                    AddingReplicas = [.. partition.AddingReplicas],
                    RemovingReplicas = [.. partition.RemovingReplicas],
                });
            }
        }

        if (ongoing.Partitions.Count > 0)
        {
            response.Topics.Add(ongoing);
        }
    }
}
