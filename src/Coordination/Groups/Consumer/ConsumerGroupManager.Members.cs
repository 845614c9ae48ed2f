using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    private static void CheckEpoch(ConsumerGroupMember member, int epoch, PartitionSet? owned)
    {
        // With epoch 0 a member joins, or joins again: it has nothing, whatever it had.
        if (epoch == ConsumerGroupMember.JoiningEpoch || epoch == member.MemberEpoch)
        {
            return;
        }

        if (epoch > member.MemberEpoch)
        {
            throw new CoordinatorException(
                ErrorCode.FencedMemberEpoch,
                $"The consumer group member has a greater member epoch ({epoch}) than the one known by the group coordinator ({member.MemberEpoch}). The member must abandon all its partitions and rejoin.");
        }

        // One that lost the last response is still in the epoch before; it must not have more than it has now.
        if (epoch != member.PreviousMemberEpoch || owned is null || !OwnedPartitions.IsSubset(owned, member.AssignedPartitions.Partitions))
        {
            throw new CoordinatorException(
                ErrorCode.FencedMemberEpoch,
                $"The consumer group member has a smaller member epoch ({epoch}) than the one known by the group coordinator ({member.MemberEpoch}). The member must abandon all its partitions and rejoin.");
        }
    }

    private void CheckSize(ConsumerGroup group, string memberId, string? instanceId)
    {
        var sizeMax = Options.SizeMax;
        if (group.StaticMemberId(instanceId) is null && group.MemberCount >= sizeMax && (memberId.Length == 0 || !group.HasMember(memberId)))
        {
            throw new CoordinatorException(ErrorCode.GroupMaxSizeReached, $"The consumer group has reached its maximum capacity of {sizeMax} members.");
        }
    }

    private ConsumerGroupMember DynamicMember(ConsumerGroup group, string memberId, int epoch, PartitionSet? owned, bool isJoining)
    {
        var member = isJoining ? group.Member(memberId) ?? new ConsumerGroupMember(memberId) : ExistingMember(group, memberId);
        CheckEpoch(member, epoch, owned);
        if (isJoining)
        {
            Logger.LogInformation("[GroupId {Group}] Member {Member} joins the consumer group using the consumer protocol.", group.Id, memberId);
        }

        return member;
    }

    private ConsumerGroupMember StaticMember(
        ConsumerGroup group,
        string memberId,
        string instanceId,
        int epoch,
        PartitionSet? owned,
        bool isJoining,
        bool isClassic,
        List<CoordinatorRecord> records)
    {
        var existing = group.StaticMember(instanceId);
        if (!isJoining)
        {
            existing = KnownStaticMember(existing, instanceId);
            CheckInstance(existing, memberId, instanceId);
            if (!isClassic)
            {
                CheckEpoch(existing, epoch, owned);
            }

            return existing;
        }

        if (existing is null)
        {
            Logger.LogInformation("[GroupId {Group}] Static member {Member} with instance id {Instance} joins the consumer group.", group.Id, memberId, instanceId);
            return group.Member(memberId) ?? new ConsumerGroupMember(memberId);
        }

        if (!isClassic && !existing.UsesClassicProtocol && existing.MemberEpoch != ConsumerGroupMember.StaticLeavingEpoch)
        {
            throw new CoordinatorException(
                ErrorCode.UnreleasedInstanceId,
                $"Static member {memberId} with instance id {instanceId} cannot join the group because the instance id is owned by {existing.MemberId} member.");
        }

        var replacing = existing with { MemberId = memberId, MemberEpoch = 0, PreviousMemberEpoch = 0 };
        AddMemberTombstones(group.Id, existing.MemberId, records);
        records.Add(ConsumerGroupRecords.MemberMetadata(group.Id, replacing));
        records.Add(ConsumerGroupRecords.Target(group.Id, memberId, group.TargetOf(existing.MemberId)));
        records.Add(ConsumerGroupRecords.Current(group.Id, replacing));
        Logger.LogInformation(
            "[GroupId {Group}] Static member with instance id {Instance} re-joins the consumer group. Created a new member {Member} to replace the existing member {Existing}.",
            group.Id,
            instanceId,
            memberId,
            existing.MemberId);
        return replacing;
    }

    private static ConsumerGroupMember ExistingMember(ConsumerGroup group, string memberId) =>
        group.Member(memberId)
        ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Member {memberId} is not a member of group {group.Id}.");

    private static ConsumerGroupMember KnownStaticMember(ConsumerGroupMember? member, string instanceId) =>
        member ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Instance id {instanceId} is unknown.");

    private static void CheckInstance(ConsumerGroupMember member, string memberId, string instanceId)
    {
        if (member.MemberId != memberId)
        {
            throw new CoordinatorException(
                ErrorCode.FencedInstanceId, $"Static member {memberId} with instance id {instanceId} was fenced by member {member.MemberId}");
        }
    }

    private CoordinatorResult<ConsumerGroupHeartbeatResponse> Leave(ConsumerGroupHeartbeatRequest request)
    {
        var group = FindGroup(request.GroupId);
        var response = new ConsumerGroupHeartbeatResponse { ErrorMessage = null, MemberId = request.MemberId, MemberEpoch = request.MemberEpoch };
        if (request.InstanceId is not { } instanceId)
        {
            var leaving = ExistingMember(group, request.MemberId);
            Logger.LogInformation("[GroupId {Group}] Member {Member} left the consumer group.", group.Id, request.MemberId);
            return Fence(group, [leaving], response);
        }

        var member = KnownStaticMember(group.StaticMember(instanceId), instanceId);
        CheckInstance(member, request.MemberId, instanceId);
        if (request.MemberEpoch == ConsumerGroupMember.LeavingEpoch)
        {
            Logger.LogInformation(
                "[GroupId {Group}] Static member {Member} with instance id {Instance} left the consumer group.", group.Id, member.MemberId, instanceId);
            return Fence(group, [member], response);
        }

        Logger.LogInformation(
            "[GroupId {Group}] Static member {Member} with instance id {Instance} temporarily left the consumer group.", group.Id, member.MemberId, instanceId);
        var away = member with
        {
            MemberEpoch = ConsumerGroupMember.StaticLeavingEpoch,
            PartitionsPendingRevocation = PartitionEpochs.Empty,
            AssignedPartitions = PartitionEpochs.Of(member.AssignedPartitions.Partitions, 0),
        };
        return new([ConsumerGroupRecords.Current(group.Id, away)], response);
    }

    /// <summary>
    /// Takes members out, and bumps the epoch so that others get what they had; or makes the group a classic one when only members of that protocol are left.
    /// </summary>
    private CoordinatorResult<T> Fence<T>(ConsumerGroup group, IReadOnlyCollection<ConsumerGroupMember> members, T response)
    {
        if (members.Count == 0)
        {
            return response;
        }

        var records = new List<CoordinatorRecord>();
        if (MayDowngradeWithout(group, members))
        {
            Downgrade(group, members, null, $"Downgrade group {group.Id} from consumer to classic for member leaving.", records);
            return new(records, response, ReplayRecords: false);
        }

        foreach (var member in members)
        {
            AddMemberTombstones(group.Id, member.MemberId, records);
        }

        var abandoned = members
            .Where(member => member.Regex is not null)
            .GroupBy(member => member.Regex!, StringComparer.Ordinal)
            .Where(pattern => group.PatternMemberCount(pattern.Key) == pattern.Count())
            .Select(pattern => pattern.Key)
            .ToList();
        foreach (var pattern in abandoned)
        {
            records.Add(ConsumerGroupRecords.PatternTombstone(group.Id, pattern));
        }

        var epoch = group.Epoch + 1;
        var hash = HashOf(group.PlanTopicsWithout(members, abandoned).Keys);
        records.Add(ConsumerGroupRecords.Epoch(group.Id, epoch, hash));
        Logger.LogInformation("[GroupId {Group}] Bumped group epoch to {Epoch} with metadata hash {Hash}.", group.Id, epoch, hash);
        if (group.MemberCount == members.Count)
        {
            records.Add(ConsumerGroupRecords.TargetMetadata(group.Id, epoch, 0));
        }

        foreach (var member in members)
        {
            CancelTimers(group.Id, member.MemberId);
        }

        return new(records, response, failure => RestoreTimers(group.Id, members, failure));
    }

    /// <summary>Members whose removal could not be written are still there: without a timer they would stay for ever.</summary>
    private void RestoreTimers(GroupId groupId, IEnumerable<ConsumerGroupMember> members, CoordinatorException? failure)
    {
        if (failure is null || _groups.Find(groupId) is not ConsumerGroup group)
        {
            return;
        }

        foreach (var member in members.Where(member => group.HasMember(member.MemberId) && !_context.Timer.IsScheduled(SessionKey(groupId, member.MemberId))))
        {
            ScheduleSessionTimeout(groupId, member.MemberId, Options.TimeoutsOf(groupId).SessionTimeoutMs);
        }
    }

    private static void AddMemberTombstones(GroupId group, string memberId, List<CoordinatorRecord> records)
    {
        records.Add(ConsumerGroupRecords.CurrentTombstone(group, memberId));
        records.Add(ConsumerGroupRecords.TargetTombstone(group, memberId));
        records.Add(ConsumerGroupRecords.MemberMetadataTombstone(group, memberId));
    }
}
