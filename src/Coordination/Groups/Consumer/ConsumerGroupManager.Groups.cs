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
        _groups.Find(groupId) as ConsumerGroup
        ?? throw new CoordinatorException(
            ErrorCode.GroupIdNotFound, _groups.Find(groupId) is not null ? $"Group {groupId} is not a consumer group." : $"Group {groupId} not found.");

    /// <summary>
    /// The group that a member wants to be in. One that joins may find none, which its records then make, or a classic group, which they make a consumer group.
    /// </summary>
    private ConsumerGroup FindOrPlan(GroupId groupId, bool isJoining, List<CoordinatorRecord> records)
    {
        if (!isJoining || _groups.Find(groupId) as ConsumerGroup is not null)
        {
            return FindGroup(groupId);
        }

        switch (_groups.Find(groupId))
        {
            case ClassicGroup { IsEmpty: true } empty:
                empty.AddTombstones(records);
                Logger.LogInformation("[GroupId {Group}] Converted the empty classic group to a consumer group.", groupId);
                break;
            case ClassicGroup classic:
                return Upgrade(groupId, classic, records);
            case not null:
                return FindGroup(groupId);
        }

        return new ConsumerGroup(_context.Snapshots, groupId);
    }

    private ConsumerGroup Upgrade(GroupId groupId, ClassicGroup classic, List<CoordinatorRecord> records)
    {
        CheckUpgrade(groupId, classic);

        // It is not in the log yet, and its state must not be remembered as if it were: it has snapshots of its own, none.
        var group = new ConsumerGroup(new SnapshotRegistry(), groupId)
        {
            Epoch = classic.Generation,
            Target = new TargetMetadata(classic.Generation, 0),
        };
        foreach (var member in classic.Members)
        {
            var (subscription, partitions) = Read(groupId, member, classic.ProtocolName ?? member.Protocols[0].Name);
            group.SetTarget(member.MemberId, partitions);
            group.Update(new ConsumerGroupMember(member.MemberId)
            {
                MemberEpoch = classic.Generation,
                PreviousMemberEpoch = classic.Generation,
                InstanceId = member.GroupInstanceId,
                RackId = string.IsNullOrEmpty(subscription.RackId) ? null : subscription.RackId,
                RebalanceTimeoutMs = member.RebalanceTimeoutMs,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                SubscribedTopicNames = TopicNameSet.Of(subscription.Topics),
                AssignedPartitions = PartitionEpochs.Of(partitions, classic.Generation),
                Classic = new ClassicProtocols(
                    member.SessionTimeoutMs, [.. member.Protocols.Select(protocol => (protocol.Name, protocol.Metadata.ToArray()))]),
            });
        }

        group.MetadataHash = HashOf(group.SubscribedTopics);
        foreach (var member in classic.Members)
        {
            // Whoever waits for the others joins again, and finds a consumer group.
            classic.AnswerJoin(member, new JoinGroupResponse { MemberId = member.MemberId, ErrorCode = ErrorCode.RebalanceInProgress });
            member.AnswerSync(new SyncGroupResponse { ErrorCode = ErrorCode.RebalanceInProgress });
        }

        classic.AddTombstones(records);
        AddRecords(group, records);
        foreach (var member in group.Members)
        {
            ScheduleSessionTimeout(groupId, member.MemberId, member.Classic!.SessionTimeoutMs);
        }

        Logger.LogInformation("[GroupId {Group}] Converted the classic group to a consumer group.", groupId);
        return group;
    }

    private void CheckUpgrade(GroupId groupId, ClassicGroup classic)
    {
        var reason = !Options.MigrationPolicy.HasFlag(GroupMigrationPolicy.Upgrade) ? "online upgrade is disabled"
            : !classic.UsesConsumerProtocol ? "the group does not use the consumer embedded protocol"
            : classic.MemberCount > Options.SizeMax ? "the group size exceeds the consumer group maximum size"
            : null;
        if (reason is not null)
        {
            Logger.LogInformation("Cannot upgrade classic group {Group} to consumer group because {Reason}.", groupId, reason);
            throw new CoordinatorException(ErrorCode.GroupIdNotFound, $"Cannot upgrade classic group {groupId} to consumer group because {reason}.");
        }
    }

    private (ConsumerProtocolSubscription Subscription, PartitionSet Partitions) Read(
        GroupId groupId, ClassicGroupMember member, string protocol)
    {
        try
        {
            var subscription = ConsumerProtocol.ReadSubscription(member.Metadata(protocol));
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
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.MemberMetadata(group.Id, member)));
        records.Add(ConsumerGroupRecords.Epoch(group.Id, group.Epoch, group.MetadataHash));
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.Target(group.Id, member.MemberId, group.TargetOf(member.MemberId))));
        records.Add(ConsumerGroupRecords.TargetMetadata(group.Id, group.Target.Epoch, group.Target.TimestampMs));
        records.AddRange(group.Members.Select(member => ConsumerGroupRecords.Current(group.Id, member)));
    }

    private bool MayDowngradeWithout(ConsumerGroup group, IReadOnlyCollection<ConsumerGroupMember> leaving)
    {
        var left = group.MemberCount - leaving.Count;
        return left > 0 && group.AllUseClassicProtocolWithout(leaving) && MayDowngradeTo(group.Id, left);
    }

    private bool MayDowngradeTo(GroupId groupId, int members)
    {
        var reason = !Options.MigrationPolicy.HasFlag(GroupMigrationPolicy.Downgrade) ? "the online downgrade is disabled"
            : members > _options().ClassicGroupSizeMax ? "its group size is greater than classic group max size"
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
        group.AddTombstones(replaced, joining?.MemberId, records);
        var left = leaving.Select(member => member.MemberId).ToHashSet(StringComparer.Ordinal);
        var members = group.Members.Where(member => !left.Contains(member.MemberId) && member.MemberId != replaced).ToList();
        if (joining is not null)
        {
            members.Add(joining);
        }

        var nowMs = NowMs;
        var classic = new ClassicGroup(
            group.Id, _context.Time, ClassicGroupState.Stable, group.Epoch, ClassicGroup.ConsumerProtocolType, null, null, nowMs);
        foreach (var member in members)
        {
            classic.Add(new ClassicGroupMember(
                member.MemberId,
                member.InstanceId,
                member.ClientId,
                member.ClientHost,
                member.RebalanceTimeoutMs,
                member.Classic!.SessionTimeoutMs,
                ClassicGroup.ConsumerProtocolType,
                [.. member.Classic.Supported.Select(protocol => new ClassicProtocol(protocol.Name, protocol.Metadata))]));
        }

        classic.ProtocolName = classic.SelectProtocol();
        classic.UpdateSubscribedTopics();
        foreach (var member in classic.Members)
        {
            var target = group.TargetOf(member.MemberId == joining?.MemberId ? replaced! : member.MemberId);
            member.Assignment = AssignmentBytes(target, member.Metadata(classic.ProtocolName));
        }

        records.Add(GroupRecords.ClassicGroup(classic, static member => member.Assignment));
        _groups.Put(classic);
        foreach (var member in group.Members)
        {
            CancelTimers(group.Id, member.MemberId);
        }

        _classics.Adopt(classic, rebalanceReason);
        Logger.LogInformation("[GroupId {Group}] Converted the consumer group to a classic group.", group.Id);
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
