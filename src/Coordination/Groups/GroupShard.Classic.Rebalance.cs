using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class GroupShard
{
    private CoordinatorResult<bool> RebalanceOrCompleteJoin(ClassicGroup group, string reason) =>
        group.CanRebalance ? PrepareRebalance(group, reason) : CompleteJoinIfAllAreThere(group);

    /// <summary>All members must join again. The first rebalance of a group waits for more of them.</summary>
    private CoordinatorResult<bool> PrepareRebalance(ClassicGroup group, string reason)
    {
        if (group.State == ClassicGroupState.CompletingRebalance)
        {
            DropAssignment(group, ErrorCode.RebalanceInProgress);
        }

        group.ClearPendingSync();
        Timer.Cancel(SyncKey(group));
        var isFirst = group.IsEmpty;
        if (isFirst)
        {
            var delayMs = Options.InitialRebalanceDelayMs;
            ScheduleFirstRebalance(group.Id, delayMs, Math.Max(group.RebalanceTimeoutMs - delayMs, 0));
        }

        Logger.LogInformation("group {Group} in state {State} and generation {Generation} rebalances: {Reason}", group.Id, group.State, group.Generation, reason);
        group.MoveTo(ClassicGroupState.PreparingRebalance);
        if (isFirst)
        {
            return Nothing;
        }

        if (group.HasAllMembersJoined)
        {
            return CompleteJoin(group);
        }

        ScheduleJoin(group);
        return Nothing;
    }

    private void ScheduleJoin(ClassicGroup group)
    {
        var id = group.Id;
        Timer.Schedule(JoinKey(group), group.RebalanceTimeoutMs, retry: false, () => Groups.Find(id) is ClassicGroup current ? CompleteJoin(current) : Nothing);
    }

    private void ScheduleFirstRebalance(GroupId id, int delayMs, int remainingMs) =>
        Timer.Schedule($"join-{id}", delayMs, retry: false, () =>
        {
            if (Groups.Find(id) is not ClassicGroup group)
            {
                return Nothing;
            }

            if (!group.NewMemberAdded || remainingMs == 0)
            {
                return CompleteJoin(group);
            }

            group.NewMemberAdded = false;
            ScheduleFirstRebalance(id, Math.Min(Options.InitialRebalanceDelayMs, remainingMs), Math.Max(remainingMs - delayMs, 0));
            return Nothing;
        });

    /// <summary>Ends the gathering when everybody is there, unless it is the first one, which has its time.</summary>
    private CoordinatorResult<bool> CompleteJoinIfAllAreThere(ClassicGroup group) =>
        group.State == ClassicGroupState.PreparingRebalance && group.PreviousState != ClassicGroupState.Empty && group.HasAllMembersJoined ? CompleteJoin(group) : Nothing;

    /// <summary>The time of gathering is over: dynamic members that are not there are out, the others get the new generation.</summary>
    private CoordinatorResult<bool> CompleteJoin(ClassicGroup group)
    {
        Timer.Cancel(JoinKey(group));
        foreach (var missing in group.Members.Where(member => member.AwaitingJoin is null && !member.IsStatic).ToList())
        {
            group.Remove(missing.MemberId);
            Timer.Cancel(HeartbeatKey(group, missing.MemberId));
            Logger.LogInformation("group {Group}: member {Member} has not joined again and is removed", group.Id, missing.MemberId);
        }

        if (group.State == ClassicGroupState.Dead)
        {
            return Nothing;
        }

        if (!group.ElectJoinedLeader() && group.MemberCount > 0)
        {
            // Only static members are left, and none has joined: wait until one does or their sessions end.
            ScheduleJoin(group);
            return Nothing;
        }

        group.BeginGeneration();
        if (group.IsEmpty)
        {
            Logger.LogInformation("group {Group} with generation {Generation} is empty", group.Id, group.Generation);
            return new([GroupRecords.ClassicGroup(group, static _ => default)], true, failure =>
            {
                if (failure is not null)
                {
                    // An empty generation has no members, so the older one that may come back from the log ends by their sessions.
                    Logger.LogWarning("group {Group}: its empty generation could not be written: {Reason}", group.Id, failure.Message);
                }
            }, ReplayRecords: false);
        }

        Logger.LogInformation("group {Group} has generation {Generation} with {Count} members", group.Id, group.Generation, group.MemberCount);
        foreach (var member in group.Members)
        {
            group.AnswerJoin(member, Joined(group, member.MemberId, group.IsLeader(member.MemberId), skipAssignment: false));
            ScheduleHeartbeat(group, member);
            member.IsNew = false;
            group.AddPendingSync(member.MemberId);
        }

        ScheduleSync(group);
        return Nothing;
    }

    /// <summary>Members that do not sync in time are out: they would keep their part of the assignment without working on it.</summary>
    private void ScheduleSync(ClassicGroup group)
    {
        var (id, generation) = (group.Id, group.Generation);
        Timer.Schedule(SyncKey(group), group.RebalanceTimeoutMs, retry: false, () =>
        {
            if (Groups.Find(id) is not ClassicGroup { State: ClassicGroupState.CompletingRebalance or ClassicGroupState.Stable } current
                || current.Generation != generation || current.HasReceivedAllSyncs)
            {
                return Nothing;
            }

            var missing = current.PendingSyncMembers.ToList();
            foreach (var memberId in missing)
            {
                current.Remove(memberId);
                Timer.Cancel(HeartbeatKey(current, memberId));
            }

            return PrepareRebalance(current, $"members {string.Join(", ", missing)} have not synced in time");
        });
    }

    private void DropAssignment(ClassicGroup group, ErrorCode error)
    {
        foreach (var member in group.Members)
        {
            member.Assignment = default;
        }

        AnswerSyncs(group, error);
    }

    private void AnswerSyncs(ClassicGroup group, ErrorCode error)
    {
        foreach (var member in group.Members)
        {
            var isAnswered = member.AnswerSync(error == ErrorCode.None ? Synced(group, member) : new SyncGroupResponse { ErrorCode = error });
            if (isAnswered)
            {
                // Its session did not end while it waited, so it begins anew.
                ScheduleHeartbeat(group, member);
            }
        }
    }

    private static SyncGroupResponse Synced(ClassicGroup group, ClassicGroupMember member) =>
        new() { ProtocolName = group.ProtocolName, ProtocolType = group.ProtocolType, Assignment = member.Assignment };
}
