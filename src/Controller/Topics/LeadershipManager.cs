using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Controller;

/// <summary>Who leads and who is in sync: ElectLeaders (KIP-460), AlterPartition (KIP-497, KIP-903), and what brokers that come and go mean for partitions. Pure.</summary>
public static partial class LeadershipManager
{
    private const sbyte PreferredElection = 0;
    private const sbyte UncleanElection = 1;

    /// <summary>Elects the preferred or, uncleanly, any leader for the partitions named, or for all when none are named.</summary>
    public static ControllerResult<ElectLeadersResponse> ElectLeaders(MetadataImage image, ElectLeadersRequest request, ControlContext context)
    {
        var response = new ElectLeadersResponse();
        if (request.ElectionType is not (PreferredElection or UncleanElection))
        {
            response.ErrorCode = ErrorCode.InvalidRequest;
            response.ReplicaElectionResults = request.TopicPartitions?.ConvertAll(topic => new ElectLeadersResponse.ReplicaElectionResult
            {
                Topic = topic.Topic,
                PartitionResult = topic.Partitions.ConvertAll(index => new ElectLeadersResponse.PartitionResult
                {
                    PartitionId = index,
                    ErrorCode = ErrorCode.InvalidRequest,
                    ErrorMessage = $"Unknown election type {request.ElectionType}",
                }),
            }) ?? [];
            return ControllerResult<ElectLeadersResponse>.Answer(response);
        }

        var records = new List<MetadataRecord>();
        var view = new TopicView(image, context.Node);
        Election election = request.ElectionType == PreferredElection ? Election.Preferred : Election.Unclean;
        if (request.TopicPartitions is null)
        {
            foreach (TopicImage topic in image.Topics.ById.Values)
            {
                var results = new ElectLeadersResponse.ReplicaElectionResult { Topic = topic.Name };
                foreach ((int index, PartitionRegistration _) in topic.Partitions)
                {
                    ApiError error = ElectLeader(view, topic.Name, index, election, records);
                    if (error.Code != ErrorCode.ElectionNotNeeded)
                    {
                        results.PartitionResult.Add(new() { PartitionId = index, ErrorCode = error.Code, ErrorMessage = error.Message });
                    }
                }

                response.ReplicaElectionResults.Add(results);
            }

            return new(records, response);
        }

        foreach (var topic in request.TopicPartitions)
        {
            var results = new ElectLeadersResponse.ReplicaElectionResult { Topic = topic.Topic };
            foreach (int index in topic.Partitions)
            {
                ApiError error = ElectLeader(view, topic.Topic, index, election, records);
                results.PartitionResult.Add(new() { PartitionId = index, ErrorCode = error.Code, ErrorMessage = error.Message });
            }

            response.ReplicaElectionResults.Add(results);
        }

        return new(records, response);
    }

    /// <summary>Moves leaderships back to preferred replicas that can take them, a bounded number at a time. True in the answer when there is more to do.</summary>
    public static ControllerResult<bool> BalanceLeaders(MetadataImage image, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var view = new TopicView(image, context.Node);
        foreach (TopicImage topic in image.Topics.ById.Values)
        {
            foreach ((int index, PartitionRegistration partition) in topic.Partitions)
            {
                if (partition.HasPreferredLeader)
                {
                    continue;
                }

                if (records.Count >= Limits.ElectionsPerRun)
                {
                    return new(records, true);
                }

                if (new PartitionChange(view, topic, index, partition) { Election = Election.Preferred }.Build() is { } record)
                {
                    records.Add(record);
                }
            }
        }

        return new(records, false);
    }

    /// <summary>Gives partitions without a leader any live one, where the topic allows that records are lost for it.</summary>
    public static ControllerResult<bool> ElectUncleanLeaders(MetadataImage image, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var view = new TopicView(image, context.Node);
        foreach (TopicImage topic in image.Topics.ById.Values)
        {
            bool? isAllowed = null;
            foreach ((int index, PartitionRegistration partition) in topic.Partitions)
            {
                if (partition.HasLeader || !(isAllowed ??= view.IsUncleanElectionEnabled(topic.Name)))
                {
                    continue;
                }

                if (records.Count >= Limits.ElectionsPerRun)
                {
                    return new(records, true);
                }

                if (new PartitionChange(view, topic, index, partition) { Election = Election.Unclean }.Build() is { } record)
                {
                    records.Add(record);
                }
            }
        }

        return new(records, false);
    }

    /// <summary>
    /// The changes of all partitions that a broker's coming or going touches. It looks at every partition: brokers come and go seldom, and an index would
    /// have to be kept in step with every image.
    /// </summary>
    /// <param name="view">The state.</param>
    /// <param name="isTouched">Which partitions to look at.</param>
    /// <param name="remove">A broker that leaves ISRs and may not lead; -1 for none.</param>
    /// <param name="add">A broker that may lead although the image still has it fenced; -1 for none.</param>
    /// <param name="unclean">A broker that came back without a clean shutdown: it leaves ISR and ELR; -1 for none.</param>
    /// <param name="records">Where the changes go.</param>
    internal static void UpdatePartitions(
        TopicView view, Func<PartitionRegistration, bool> isTouched, int remove, int add, int unclean, List<MetadataRecord> records)
    {
        foreach (TopicImage topic in view.Image.Topics.ById.Values)
        {
            bool? isUncleanAllowed = null;
            foreach ((int index, PartitionRegistration partition) in topic.Partitions)
            {
                if (!isTouched(partition))
                {
                    continue;
                }

                isUncleanAllowed ??= view.IsUncleanElectionEnabled(topic.Name);
                if (UpdatePartition(view, topic, index, partition, isUncleanAllowed.Value, remove, add, unclean) is { } record)
                {
                    records.Add(record);
                }
            }
        }
    }

    internal static MetadataRecord? UpdatePartition(
        TopicView view, TopicImage topic, int index, PartitionRegistration partition, bool isUncleanAllowed, int remove, int add, int unclean)
    {
        ClusterImage cluster = view.Image.Cluster;
        var change = new PartitionChange(
            view, topic, index, partition, broker => broker != remove && broker != unclean && (broker == add || cluster.IsActive(broker)))
        {
            Election = isUncleanAllowed ? Election.Unclean : Election.Online,
            UncleanShutdownBroker = unclean,
            TargetIsr = [.. partition.Isr.Where(member => member != remove && member != unclean)],
        };
        return change.Build();
    }

    private static ApiError ElectLeader(TopicView view, string name, int index, Election election, List<MetadataRecord> records)
    {
        TopicImage? topic = view.Image.Topics.Find(name);
        if (topic is null)
        {
            return new(ErrorCode.UnknownTopicOrPartition, $"No such topic as {name}");
        }

        PartitionRegistration? partition = topic.Partition(index);
        if (partition is null)
        {
            return new(ErrorCode.UnknownTopicOrPartition, $"No such partition as {name}-{index}");
        }

        if (election == Election.Preferred ? partition.HasPreferredLeader : partition.HasLeader)
        {
            return new(ErrorCode.ElectionNotNeeded);
        }

        MetadataRecord? record = new PartitionChange(view, topic, index, partition) { Election = election }.Build();
        if (record is null)
        {
            return new(election == Election.Preferred ? ErrorCode.PreferredLeaderNotAvailable : ErrorCode.EligibleLeadersNotAvailable);
        }

        records.Add(record.Value);
        return ApiError.None;
    }
}
