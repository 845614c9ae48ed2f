using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

public static partial class LeadershipManager
{
    /// <summary>A leader proposes new ISRs for partitions it leads.</summary>
    public static ControllerResult<AlterPartitionResponse> AlterPartition(MetadataImage image, AlterPartitionRequest request, ControlContext context)
    {
        var response = new AlterPartitionResponse();
        ApiError stale = ClusterManager.CheckEpoch(image, request.BrokerId, request.BrokerEpoch);
        if (stale.IsError)
        {
            response.ErrorCode = stale.Code;
            return ControllerResult<AlterPartitionResponse>.Answer(response);
        }

        var records = new List<MetadataRecord>();
        var view = new TopicView(image, context.Node);
        foreach (AlterPartitionRequest.TopicData topicData in request.Topics)
        {
            var topicResponse = new AlterPartitionResponse.TopicData { TopicId = topicData.TopicId };
            response.Topics.Add(topicResponse);
            TopicImage? topic = image.Topics.Find(topicData.TopicId);
            foreach (AlterPartitionRequest.PartitionData data in topicData.Partitions)
            {
                topicResponse.Partitions.Add(topic is null
                    ? new() { PartitionIndex = data.PartitionIndex, ErrorCode = ErrorCode.UnknownTopicId }
                    : AlterPartition(view, topic, data, request.BrokerId, records));
            }
        }

        return new(records, response);
    }

    private static AlterPartitionResponse.PartitionData AlterPartition(
        TopicView view, TopicImage topic, AlterPartitionRequest.PartitionData data, int brokerId, List<MetadataRecord> records)
    {
        int index = data.PartitionIndex;
        PartitionRegistration? partition = topic.Partition(index);
        List<(int Id, long Epoch)> isr = [];
        foreach (var member in data.NewIsrWithEpochs)
        {
            isr.Add((member.BrokerId, member.BrokerEpoch));
        }

        // Version 2 names brokers without their epochs.
        foreach (int member in BrokerIds.ToArray(data.NewIsr))
        {
            isr.Add((member, -1));
        }

        ErrorCode error = CheckAlter(view.Image, partition, data, isr, brokerId);
        if (error != ErrorCode.None)
        {
            return new() { PartitionIndex = index, ErrorCode = error };
        }

        MetadataRecord? record = new PartitionChange(view, topic, index, partition!)
        {
            Election = view.IsUncleanElectionEnabled(topic.Name) ? Election.Unclean : Election.Online,
            TargetIsr = [.. isr.Select(member => member.Id)],
            TargetRecoveryState = (LeaderRecoveryState)data.LeaderRecoveryState,
        }.Build();
        PartitionRegistration after = partition!;
        if (record is { } made)
        {
            records.Add(made);
            var change = (PartitionChangeRecord)made.Message;
            after = partition!.Merge(change);
            if (change.Leader != brokerId && change.Leader != PartitionRegistration.NoLeaderChange)
            {
                // The change ended a reassignment that took the leadership away from who asked: it has to look at the new metadata first.
                return new() { PartitionIndex = index, ErrorCode = ErrorCode.NewLeaderElected };
            }
        }

        return new()
        {
            PartitionIndex = index,
            LeaderId = after.Leader,
            LeaderEpoch = after.LeaderEpoch,
            Isr = [.. after.Isr],
            LeaderRecoveryState = (sbyte)after.RecoveryState,
            PartitionEpoch = after.PartitionEpoch,
        };
    }

    private static ErrorCode CheckAlter(
        MetadataImage image, PartitionRegistration? partition, AlterPartitionRequest.PartitionData data, List<(int Id, long Epoch)> isr, int brokerId)
    {
        if (partition is null)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        // A leader ahead of this node has heard of a newer controller.
        if (data.LeaderEpoch > partition.LeaderEpoch || data.PartitionEpoch > partition.PartitionEpoch)
        {
            return ErrorCode.NotController;
        }

        if (data.LeaderEpoch < partition.LeaderEpoch)
        {
            return ErrorCode.FencedLeaderEpoch;
        }

        if (brokerId != partition.Leader)
        {
            return ErrorCode.InvalidRequest;
        }

        if (data.PartitionEpoch < partition.PartitionEpoch)
        {
            return ErrorCode.InvalidUpdateVersion;
        }

        int[] ids = [.. isr.Select(member => member.Id)];
        bool isKnownState = data.LeaderRecoveryState is 0 or 1;
        if (BrokerIds.HasDuplicates(ids) || !ids.All(partition.Replicas.Contains) || !ids.Contains(partition.Leader) || !isKnownState)
        {
            return ErrorCode.InvalidRequest;
        }

        var state = (LeaderRecoveryState)data.LeaderRecoveryState;
        if (state == LeaderRecoveryState.Recovering && (ids.Length > 1 || partition.RecoveryState == LeaderRecoveryState.Recovered))
        {
            return ErrorCode.InvalidRequest;
        }

        foreach ((int id, long epoch) in isr)
        {
            BrokerRegistration? broker = image.Cluster.Broker(id);
            if (broker is null || broker.Fenced || broker.InControlledShutdown || (epoch != -1 && epoch != broker.Epoch))
            {
                return ErrorCode.IneligibleReplica;
            }
        }

        return ErrorCode.None;
    }
}
