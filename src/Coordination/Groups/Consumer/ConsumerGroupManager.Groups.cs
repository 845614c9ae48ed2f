using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    /// <summary>The consumer group of that id.</summary>
    /// <exception cref="CoordinatorException">GROUP_ID_NOT_FOUND: there is none, or it is of another kind.</exception>
    private ConsumerGroup FindGroup(GroupId groupId) =>
        _groups.FindConsumer(groupId)
        ?? throw new CoordinatorException(
            ErrorCode.GroupIdNotFound, _groups.Contains(groupId) ? $"Group {groupId} is not a consumer group." : $"Group {groupId} not found.");

    /// <summary>
    /// The group that a member wants to be in. One that joins may find none, which its records then make, or a classic group, which they make a consumer group.
    /// </summary>
    private ConsumerGroup FindOrPlan(GroupId groupId, bool isJoining, List<CoordinatorRecord> records)
    {
        if (!isJoining || _groups.FindConsumer(groupId) is not null)
        {
            return FindGroup(groupId);
        }

        if (_groups.FindClassic(groupId) is { } classic)
        {
            if (!classic.IsEmpty)
            {
                return Upgrade(groupId, classic, records);
            }

            classic.AddTombstones(records);
            Logger.LogInformation("[GroupId {Group}] Converted the empty classic group to a consumer group.", groupId);
        }
        else if (_groups.Contains(groupId))
        {
            return FindGroup(groupId);
        }

        return new ConsumerGroup(_context.Snapshots, groupId);
    }

    private ConsumerGroup Upgrade(GroupId groupId, IUpgradableGroup classic, List<CoordinatorRecord> records)
    {
        CheckUpgrade(groupId, classic);

        // It is not in the log yet, and its state must not be remembered as if it were: it has snapshots of its own, none.
        var group = new ConsumerGroup(new SnapshotRegistry(), groupId) { Epoch = classic.GenerationId, Target = new TargetMetadata(classic.GenerationId, 0) };
        foreach (var member in classic.Members)
        {
            var (subscription, partitions) = Read(groupId, member);
            group.SetTarget(member.MemberId, partitions);
            group.Update(new ConsumerGroupMember(member.MemberId)
            {
                MemberEpoch = classic.GenerationId,
                PreviousMemberEpoch = classic.GenerationId,
                InstanceId = member.InstanceId,
                RackId = string.IsNullOrEmpty(subscription.RackId) ? null : subscription.RackId,
                RebalanceTimeoutMs = member.RebalanceTimeoutMs,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                SubscribedTopicNames = TopicNameSet.Of(subscription.Topics),
                AssignedPartitions = PartitionEpochs.Of(partitions, classic.GenerationId),
                Classic = new ClassicProtocols(member.SessionTimeoutMs, member.Protocols),
            });
        }

        group.MetadataHash = HashOf(group.SubscribedTopics);
        classic.ReleaseWaitingMembers();
        classic.AddTombstones(records);
        AddRecords(group, records);
        foreach (var member in group.Members)
        {
            ScheduleSessionTimeout(groupId, member.MemberId, member.Classic!.SessionTimeoutMs);
        }

        Logger.LogInformation("[GroupId {Group}] Converted the classic group to a consumer group.", groupId);
        return group;
    }

    private void CheckUpgrade(GroupId groupId, IUpgradableGroup classic)
    {
        var reason = !_options().MigrationPolicy.HasFlag(GroupMigrationPolicy.Upgrade) ? "online upgrade is disabled"
            : !classic.UsesConsumerProtocol ? "the group does not use the consumer embedded protocol"
            : classic.Members.Count > _options().SizeMax ? "the group size exceeds the consumer group maximum size"
            : null;
        if (reason is not null)
        {
            Logger.LogInformation("Cannot upgrade classic group {Group} to consumer group because {Reason}.", groupId, reason);
            throw new CoordinatorException(ErrorCode.GroupIdNotFound, $"Cannot upgrade classic group {groupId} to consumer group because {reason}.");
        }
    }

    private (ConsumerProtocolSubscription Subscription, PartitionSet Partitions) Read(GroupId groupId, UpgradedMember member)
    {
        try
        {
            var subscription = ConsumerProtocol.ReadSubscription(member.Subscription);
            if (member.Assignment.IsEmpty)
            {
                return (subscription, PartitionSet.Empty);
            }

            var assignment = ConsumerProtocol.ReadAssignment(member.Assignment);
            if (assignment.UserData is { IsEmpty: false })
            {
                throw new CoordinatorException(
                    ErrorCode.GroupIdNotFound,
                    $"Cannot upgrade classic group {groupId} to consumer group because an unsupported custom assignor is in use. Please refer to the documentation or switch to a default assignor before re-attempting the upgrade.");
            }

            var partitions = new PartitionSetBuilder();
            foreach (var topic in assignment.AssignedPartitions)
            {
                if (_image.Topics.Find(topic.Topic) is { } image)
                {
                    topic.Partitions.ForEach(partition => partitions.Add(image.Id, partition));
                }
            }

            return (subscription, partitions.Build());
        }
        catch (ProtocolException exception)
        {
            Logger.LogWarning(exception, "Cannot upgrade classic group {Group} to consumer group because the embedded consumer protocol is malformed.", groupId);
            throw new CoordinatorException(
                ErrorCode.GroupIdNotFound,
                $"Cannot upgrade classic group {groupId} to consumer group because the embedded consumer protocol is malformed.");
        }
    }

    private static void AddRecords(ConsumerGroup group, List<CoordinatorRecord> records)
    {
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.MemberMetadata(group.GroupId, member)));
        records.Add(ConsumerGroupRecords.Epoch(group.GroupId, group.Epoch, group.MetadataHash));
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.Target(group.GroupId, member.MemberId, group.TargetOf(member.MemberId))));
        records.Add(ConsumerGroupRecords.TargetMetadata(group.GroupId, group.Target.Epoch, group.Target.TimestampMs));
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.Current(group.GroupId, member)));
    }

    /// <summary>Adds what removes a group from the log, as DeleteGroups and a change of its kind do.</summary>
    public static void AddTombstones(ConsumerGroup group, List<CoordinatorRecord> records) => AddTombstones(group, null, null, records);

    /// <summary>As above, where the records already replace one member by another.</summary>
    private static void AddTombstones(ConsumerGroup group, string? replaced, string? replacing, List<CoordinatorRecord> records)
    {
        var members = group.Members.Select(member => member.MemberId == replaced ? replacing! : member.MemberId).ToList();
        records.AddRange(members.Select(member => ConsumerGroupRecords.CurrentTombstone(group.GroupId, member)));
        records.AddRange(members.Select(member => ConsumerGroupRecords.TargetTombstone(group.GroupId, member)));
        records.Add(ConsumerGroupRecords.TargetMetadataTombstone(group.GroupId));
        records.AddRange(members.Select(member => ConsumerGroupRecords.MemberMetadataTombstone(group.GroupId, member)));
        records.AddRange(group.ResolvedPatternTexts.Order(StringComparer.Ordinal).Select(pattern => ConsumerGroupRecords.PatternTombstone(group.GroupId, pattern)));
        records.Add(ConsumerGroupRecords.PartitionMetadataTombstone(group.GroupId));
        records.Add(ConsumerGroupRecords.EpochTombstone(group.GroupId));
    }

    private bool MayDowngradeWithout(ConsumerGroup group, IReadOnlyCollection<ConsumerGroupMember> leaving)
    {
        var left = group.MemberCount - leaving.Count;
        return left > 0 && group.AllUseClassicProtocolWithout(leaving) && MayDowngradeTo(group.GroupId, left);
    }

    private bool MayDowngradeTo(GroupId groupId, int members)
    {
        var reason = !_options().MigrationPolicy.HasFlag(GroupMigrationPolicy.Downgrade) ? "the online downgrade is disabled"
            : members > _options().ClassicSizeMax ? "its group size is greater than classic group max size"
            : null;
        if (reason is not null)
        {
            Logger.LogInformation("Cannot downgrade consumer group {Group} to classic group because {Reason}.", groupId, reason);
        }

        return reason is null;
    }

    private void Downgrade(
        ConsumerGroup group,
        IReadOnlyCollection<ConsumerGroupMember> leaving,
        ConsumerGroupMember? joining,
        string? rebalanceReason,
        List<CoordinatorRecord> records)
    {
        var replaced = joining is null ? null : group.StaticMemberId(joining.InstanceId);
        AddTombstones(group, replaced, joining?.MemberId, records);
        var left = leaving.Select(member => member.MemberId).ToHashSet(StringComparer.Ordinal);
        var members = group.Members.Where(member => !left.Contains(member.MemberId) && member.MemberId != replaced).ToList();
        if (joining is not null)
        {
            members.Add(joining);
        }

        var to = new DowngradedGroup(
            group.Epoch,
            members,
            (member, subscription) => AssignmentBytes(group.TargetOf(member.MemberId == joining?.MemberId ? replaced! : member.MemberId), subscription));
        _groups.Downgrade(group, to, rebalanceReason, records);
        foreach (var member in group.Members)
        {
            CancelTimers(group.GroupId, member.MemberId);
        }

        Logger.LogInformation("[GroupId {Group}] Converted the consumer group to a classic group.", group.GroupId);
    }

    /// <summary>An assignment as members of the classic protocol read it, in the version in which they sent their subscription.</summary>
    private byte[] AssignmentBytes(PartitionSet partitions, ReadOnlyMemory<byte> subscription)
    {
        var assigned = new List<TopicPartition>(partitions.Count);
        foreach (var id in partitions.Topics)
        {
            if (_image.Topics.Find(id) is { } topic)
            {
                foreach (var partition in partitions.Of(id))
                {
                    assigned.Add(new TopicPartition(topic.Name, partition));
                }
            }
        }

        return ConsumerProtocol.WriteAssignment(assigned, default(ReadOnlyMemory<byte>?), new MessageReader(subscription).ReadInt16());
    }
}
