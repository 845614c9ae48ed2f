using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

/// <summary>The records of consumer groups, as Apache Kafka 4.4 writes them. Others persist and read them: they never change. Stateless.</summary>
public static class ConsumerGroupRecords
{
    /// <summary>What the member asked for.</summary>
    public static CoordinatorRecord MemberMetadata(GroupId group, ConsumerGroupMember member) =>
        Record(
            new ConsumerGroupMemberMetadataKey { GroupId = group, MemberId = member.MemberId },
            new ConsumerGroupMemberMetadataValue
            {
                InstanceId = member.InstanceId,
                RackId = member.RackId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                SubscribedTopicNames = [.. member.SubscribedTopicNames.Names],
                SubscribedTopicRegex = member.SubscribedTopicRegex,
                RebalanceTimeoutMs = member.RebalanceTimeoutMs,
                ServerAssignor = member.ServerAssignor,
                ClassicMemberMetadata = member.Classic is { } classic ? ToMessage(classic) : null,
            });

    public static CoordinatorRecord MemberMetadataTombstone(GroupId group, string memberId) =>
        CoordinatorRecord.Tombstone(new ConsumerGroupMemberMetadataKey { GroupId = group, MemberId = memberId });

    /// <summary>The group's epoch, and the hash of the topics it subscribes to.</summary>
    public static CoordinatorRecord Epoch(GroupId group, int epoch, long metadataHash) =>
        Record(
            new ConsumerGroupMetadataKey { GroupId = group },
            new ConsumerGroupMetadataValue { Epoch = epoch, MetadataHash = metadataHash });

    public static CoordinatorRecord EpochTombstone(GroupId group) =>
        CoordinatorRecord.Tombstone(new ConsumerGroupMetadataKey { GroupId = group });

    /// <summary>Removes what releases before the hash wrote of the group's topics (KIP-1101).</summary>
    public static CoordinatorRecord PartitionMetadataTombstone(GroupId group) =>
        CoordinatorRecord.Tombstone(new ConsumerGroupPartitionMetadataKey { GroupId = group });

    /// <summary>What the member should have.</summary>
    public static CoordinatorRecord Target(GroupId group, string memberId, PartitionSet partitions)
    {
        var value = new ConsumerGroupTargetAssignmentMemberValue();
        foreach (var topic in JavaSetOrder.Sort(partitions.Topics, HashOf, smallest: 1))
        {
            value.TopicPartitions.Add(new() { TopicId = topic, Partitions = [.. InOrder(partitions.Of(topic).ToArray())] });
        }

        return Record(
            new ConsumerGroupTargetAssignmentMemberKey { GroupId = group, MemberId = memberId }, value);
    }

    public static CoordinatorRecord TargetTombstone(GroupId group, string memberId) =>
        CoordinatorRecord.Tombstone(new ConsumerGroupTargetAssignmentMemberKey { GroupId = group, MemberId = memberId });

    /// <summary>The group's epoch for which the targets are, and when they were computed, in milliseconds since the epoch; 0 lets the next come at once.</summary>
    public static CoordinatorRecord TargetMetadata(GroupId group, int assignmentEpoch, long timestampMs) =>
        Record(
            new ConsumerGroupTargetAssignmentMetadataKey { GroupId = group },
            new ConsumerGroupTargetAssignmentMetadataValue { AssignmentEpoch = assignmentEpoch, AssignmentTimestamp = timestampMs });

    public static CoordinatorRecord TargetMetadataTombstone(GroupId group) =>
        CoordinatorRecord.Tombstone(new ConsumerGroupTargetAssignmentMetadataKey { GroupId = group });

    /// <summary>What the member has, in which epoch and state.</summary>
    public static CoordinatorRecord Current(GroupId group, ConsumerGroupMember member) =>
        Record(
            new ConsumerGroupCurrentMemberAssignmentKey { GroupId = group, MemberId = member.MemberId },
            new ConsumerGroupCurrentMemberAssignmentValue
            {
                MemberEpoch = member.MemberEpoch,
                PreviousMemberEpoch = member.PreviousMemberEpoch,
                State = (sbyte)member.State,
                AssignedPartitions = ToMessage(member.AssignedPartitions),
                PartitionsPendingRevocation = ToMessage(member.PartitionsPendingRevocation),
            });

    public static CoordinatorRecord CurrentTombstone(GroupId group, string memberId) =>
        CoordinatorRecord.Tombstone(new ConsumerGroupCurrentMemberAssignmentKey { GroupId = group, MemberId = memberId });

    /// <summary>The topics that match a pattern.</summary>
    public static CoordinatorRecord Pattern(GroupId group, string pattern, ResolvedPattern resolved) =>
        Record(
            new ConsumerGroupRegularExpressionKey { GroupId = group, RegularExpression = pattern },
            new ConsumerGroupRegularExpressionValue
            {
                Topics = [.. resolved.Topics.Names],
                Version = resolved.Version,
                Timestamp = resolved.TimestampMs,
            });

    public static CoordinatorRecord PatternTombstone(GroupId group, string pattern) =>
        CoordinatorRecord.Tombstone(new ConsumerGroupRegularExpressionKey { GroupId = group, RegularExpression = pattern });

    /// <summary>The member as its metadata record says; what it has stays.</summary>
    public static ConsumerGroupMember With(this ConsumerGroupMember member, ConsumerGroupMemberMetadataValue value) => member with
    {
        InstanceId = value.InstanceId,
        RackId = value.RackId,
        ClientId = value.ClientId,
        ClientHost = value.ClientHost,
        SubscribedTopicNames = TopicNameSet.Of(value.SubscribedTopicNames),
        SubscribedTopicRegex = value.SubscribedTopicRegex,
        RebalanceTimeoutMs = value.RebalanceTimeoutMs,
        ServerAssignor = value.ServerAssignor,
        Classic = value.ClassicMemberMetadata is { SupportedProtocols.Count: > 0 } classic
            ? new ClassicProtocols(
                classic.SessionTimeoutMs, [.. classic.SupportedProtocols.Select(protocol => (protocol.Name, protocol.Metadata.ToArray()))])
            : null,
    };

    /// <summary>The member with what its assignment record says it has.</summary>
    public static ConsumerGroupMember With(this ConsumerGroupMember member, ConsumerGroupCurrentMemberAssignmentValue value) => member with
    {
        MemberEpoch = value.MemberEpoch,
        PreviousMemberEpoch = value.PreviousMemberEpoch,
        State = value.State is >= (sbyte)MemberState.Stable and <= (sbyte)MemberState.UnreleasedPartitions ? (MemberState)value.State : MemberState.Unknown,
        AssignedPartitions = FromMessage(value.AssignedPartitions, value.MemberEpoch),
        PartitionsPendingRevocation = FromMessage(value.PartitionsPendingRevocation, value.MemberEpoch),
    };

    /// <summary>The partitions of a target record.</summary>
    public static PartitionSet ToPartitions(this ConsumerGroupTargetAssignmentMemberValue value)
    {
        var partitions = new PartitionSetBuilder();
        foreach (var topic in value.TopicPartitions)
        {
            foreach (var partition in topic.Partitions)
            {
                partitions.Add(topic.TopicId, partition);
            }
        }

        return partitions.Build();
    }

    private static ConsumerGroupMemberMetadataValue.ClassicMemberMetadataData ToMessage(ClassicProtocols classic) => new()
    {
        SessionTimeoutMs = classic.SessionTimeoutMs,
        SupportedProtocols = [.. classic.Supported.Select(protocol =>
            new ConsumerGroupMemberMetadataValue.ClassicProtocol { Name = protocol.Name, Metadata = protocol.Metadata })],
    };

    private static List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> ToMessage(PartitionEpochs partitions)
    {
        var topics = new List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions>(partitions.Partitions.Topics.Count);
        foreach (var topic in JavaSetOrder.Sort(partitions.Partitions.Topics, HashOf))
        {
            List<PartitionIndex> numbers = [.. InOrder(partitions.Partitions.Of(topic).ToArray())];
            topics.Add(new()
            {
                TopicId = topic,
                Partitions = numbers,
                AssignmentEpochs = numbers.ConvertAll(partition => partitions.EpochOf(topic, partition)!.Value),
            });
        }

        return topics;
    }

    /// <summary>Records of releases that did not write the epochs count as given in the member's epoch.</summary>
    private static PartitionEpochs FromMessage(List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topics, int memberEpoch)
    {
        var partitions = new PartitionEpochsBuilder();
        foreach (var topic in topics)
        {
            var epochs = topic.AssignmentEpochs is { } given && given.Count == topic.Partitions.Count ? given : null;
            for (var i = 0; i < topic.Partitions.Count; i++)
            {
                partitions.Add(topic.TopicId, topic.Partitions[i], epochs?[i] ?? Math.Max(memberEpoch, 0));
            }
        }

        return partitions.Build();
    }

    /// <summary>The hash of Java's Uuid.</summary>
    private static int HashOf(Uuid id)
    {
        var bits = id.MostSignificant ^ id.LeastSignificant;
        return unchecked((int)(bits >> 32) ^ (int)bits);
    }

    private static IEnumerable<PartitionIndex> InOrder(int[] partitions) =>
        JavaSetOrder.Sort(partitions, static partition => partition).Select(static partition => new PartitionIndex(partition));

    private static CoordinatorRecord Record(ICoordinatorKey key, ICoordinatorValue value) => new(key, value, 0);
}
