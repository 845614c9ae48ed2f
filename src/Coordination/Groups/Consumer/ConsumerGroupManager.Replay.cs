using Moldau.Core;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    /// <summary>Takes a record of a consumer group in; false when it is of another kind.</summary>
    /// <exception cref="InvalidOperationException">The record cannot follow on what is there: the log is damaged.</exception>
    public bool Replay(CoordinatorRecord record)
    {
        switch (record.Key)
        {
            case ConsumerGroupMetadataKey key:
                ReplayEpoch(key.GroupId, (ConsumerGroupMetadataValue?)record.Value);
                return true;
            case ConsumerGroupPartitionMetadataKey key:
                if (ForReplay(key.GroupId, record.Value is not null) is { } group)
                {
                    group.HasPartitionMetadataRecord = record.Value is not null;
                }

                return true;
            case ConsumerGroupMemberMetadataKey key:
                ReplayMember(key.GroupId, key.MemberId, (ConsumerGroupMemberMetadataValue?)record.Value);
                return true;
            case ConsumerGroupTargetAssignmentMetadataKey key:
                ReplayTargetMetadata(key.GroupId, (ConsumerGroupTargetAssignmentMetadataValue?)record.Value);
                return true;
            case ConsumerGroupTargetAssignmentMemberKey key:
                ReplayTarget(key.GroupId, key.MemberId, (ConsumerGroupTargetAssignmentMemberValue?)record.Value);
                return true;
            case ConsumerGroupCurrentMemberAssignmentKey key:
                ReplayCurrent(key.GroupId, key.MemberId, (ConsumerGroupCurrentMemberAssignmentValue?)record.Value);
                return true;
            case ConsumerGroupRegularExpressionKey key:
                ReplayPattern(key.GroupId, key.RegularExpression, (ConsumerGroupRegularExpressionValue?)record.Value);
                return true;
            default:
                return false;
        }
    }

    private void ReplayEpoch(GroupId groupId, ConsumerGroupMetadataValue? value)
    {
        if (ForReplay(groupId, value is not null) is not { } group)
        {
            return;
        }

        if (value is not null)
        {
            group.Epoch = value.Epoch;
            group.MetadataHash = value.MetadataHash;
            return;
        }

        if (!group.IsEmpty || group.HasTargets || group.Target.Epoch != TargetMetadata.Deleted.Epoch)
        {
            throw new InvalidOperationException(
                $"a record deletes group {groupId}, but it still has {group.MemberCount} members, targets: {group.HasTargets}, target epoch {group.Target.Epoch}");
        }

        _groups.Remove(groupId);
    }

    private void ReplayMember(GroupId groupId, string memberId, ConsumerGroupMemberMetadataValue? value)
    {
        if (ForReplay(groupId, value is not null) is not { } group)
        {
            return;
        }

        var before = group.SubscribedTopics.ToHashSet(StringComparer.Ordinal);
        if (value is not null)
        {
            group.Update((group.Member(memberId) ?? new ConsumerGroupMember(memberId)).With(value));
        }
        else if (group.Member(memberId) is { } member)
        {
            if (member.MemberEpoch != ConsumerGroupMember.LeavingEpoch || group.HasTarget(memberId))
            {
                throw new InvalidOperationException($"a record deletes member {memberId} of group {groupId}, but its assignment or its target is still there");
            }

            group.Remove(memberId);
        }

        IndexTopics(group, before);
    }

    private void ReplayTargetMetadata(GroupId groupId, ConsumerGroupTargetAssignmentMetadataValue? value)
    {
        if (ForReplay(groupId, value is not null) is not { } group)
        {
            return;
        }

        if (value is null && group.HasTargets)
        {
            throw new InvalidOperationException($"a record deletes the targets of group {groupId}, but some are still there");
        }

        group.Target = value is null ? TargetMetadata.Deleted : new TargetMetadata(value.AssignmentEpoch, value.AssignmentTimestamp);
    }

    private void ReplayTarget(GroupId groupId, string memberId, ConsumerGroupTargetAssignmentMemberValue? value)
    {
        if (ForReplay(groupId, value is not null) is not { } group)
        {
            return;
        }

        if (value is null)
        {
            group.RemoveTarget(memberId);
        }
        else
        {
            group.SetTarget(memberId, value.ToPartitions());
        }
    }

    private void ReplayCurrent(GroupId groupId, string memberId, ConsumerGroupCurrentMemberAssignmentValue? value)
    {
        if (ForReplay(groupId, value is not null) is not { } group)
        {
            return;
        }

        if (value is not null)
        {
            group.Update((group.Member(memberId) ?? new ConsumerGroupMember(memberId)).With(value));
        }
        else if (group.Member(memberId) is { } member)
        {
            group.Update(member with
            {
                MemberEpoch = ConsumerGroupMember.LeavingEpoch,
                PreviousMemberEpoch = ConsumerGroupMember.LeavingEpoch,
                AssignedPartitions = PartitionEpochs.Empty,
                PartitionsPendingRevocation = PartitionEpochs.Empty,
            });
        }
    }

    private void ReplayPattern(GroupId groupId, string pattern, ConsumerGroupRegularExpressionValue? value)
    {
        if (ForReplay(groupId, value is not null) is not { } group)
        {
            return;
        }

        var before = group.SubscribedTopics.ToHashSet(StringComparer.Ordinal);
        if (value is null)
        {
            group.RemoveResolved(pattern);
        }
        else
        {
            group.SetResolved(pattern, new ResolvedPattern(TopicNameSet.Of(value.Topics), value.Version, value.Timestamp));
        }

        IndexTopics(group, before);
    }

    /// <summary>The group; made when it is not there and <paramref name="create"/> says so. Tombstones of groups that compaction has removed name none.</summary>
    private ConsumerGroup? ForReplay(GroupId groupId, bool create)
    {
        var existing = _groups.Find(groupId);
        var group = existing as ConsumerGroup;
        if (group is null && create)
        {
            // Offsets that come before make a group that keeps offsets only.
            if (existing is not (null or ClassicGroup { IsSimple: true }))
            {
                throw new InvalidOperationException($"a record is of consumer group {groupId}, but that is a {existing.Type} group");
            }

            _groups.Put(group = new ConsumerGroup(_context.Snapshots, groupId));
        }

        return group;
    }
}
