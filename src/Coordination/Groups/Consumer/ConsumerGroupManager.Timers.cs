using Microsoft.Extensions.Logging;
using Moldau.Core;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    private static string SessionKey(GroupId group, string memberId) => $"session-timeout-{group}-{memberId}";

    private static string RebalanceKey(GroupId group, string memberId) => $"rebalance-timeout-{group}-{memberId}";

    private static string JoinKey(GroupId group, string memberId) => $"consumer-join-{group}-{memberId}";

    private static string SyncKey(GroupId group, string memberId) => $"consumer-sync-{group}-{memberId}";

    private void ScheduleSessionTimeout(GroupId group, string memberId, int timeoutMs) =>
        _context.Timer.Schedule(SessionKey(group, memberId), timeoutMs, true, () => FenceLater(group, memberId, "the member session expired"));

    /// <summary>A member that must give partitions up and stays in its epoch for too long is taken out.</summary>
    private void ScheduleRebalanceTimeout(GroupId group, ConsumerGroupMember member)
    {
        var epoch = member.MemberEpoch;
        _context.Timer.Schedule(
            RebalanceKey(group, member.MemberId),
            member.RebalanceTimeoutMs,
            true,
            () => (_groups.Find(group) as ConsumerGroup)?.Member(member.MemberId)?.MemberEpoch == epoch
                ? FenceLater(group, member.MemberId, $"it failed to transition from epoch {epoch} within {member.RebalanceTimeoutMs}ms")
                : false);
    }

    private void CancelRebalanceTimeout(GroupId group, string memberId) => _context.Timer.Cancel(RebalanceKey(group, memberId));

    private void ScheduleJoinTimeoutIfAbsent(GroupId group, ConsumerGroupMember member) =>
        _context.Timer.ScheduleIfAbsent(
            JoinKey(group, member.MemberId),
            member.RebalanceTimeoutMs,
            true,
            () => FenceLater(group, member.MemberId, "the classic member failed to join within the rebalance timeout"));

    private void ScheduleSyncTimeout(GroupId group, string memberId, int timeoutMs) =>
        _context.Timer.Schedule(SyncKey(group, memberId), timeoutMs, true, () => FenceLater(group, memberId, "the member failed to sync within timeout"));

    private void CancelTimers(GroupId group, string memberId)
    {
        _context.Timer.Cancel(SessionKey(group, memberId));
        _context.Timer.Cancel(RebalanceKey(group, memberId));
        _context.Timer.Cancel(JoinKey(group, memberId));
        _context.Timer.Cancel(SyncKey(group, memberId));
    }

    private CoordinatorResult<bool> FenceLater(GroupId groupId, string memberId, string reason)
    {
        if (_groups.Find(groupId) is not ConsumerGroup group || group.Member(memberId) is not { } member)
        {
            Logger.LogDebug("[GroupId {Group}] Could not fence {Member} because it does not exist.", groupId, memberId);
            return false;
        }

        Logger.LogInformation("[GroupId {Group}] Member {Member} fenced from the group because {Reason}.", groupId, memberId, reason);
        return Fence(group, [member], true);
    }
}
