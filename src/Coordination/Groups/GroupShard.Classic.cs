using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

public sealed partial class GroupShard
{
    private const string NoMemberId = "";

    private static readonly CoordinatorResult<bool> Nothing = new([], true);

    /// <summary>DescribeGroups, of classic groups. Others are not found, which older clients are told as a dead group.</summary>
    public List<DescribeGroupsResponse.DescribedGroup> DescribeClassic(IReadOnlyList<Core.GroupId> groups, short apiVersion, long committedOffset)
    {
        var all = new List<DescribeGroupsResponse.DescribedGroup>(groups.Count);
        foreach (var id in groups)
        {
            if (Groups.Find(id, committedOffset) is ClassicGroup group)
            {
                all.Add(Describe(group));
                continue;
            }

            var reason = Groups.Find(id, committedOffset) is null ? $"Group {id} not found." : $"Group {id} is not a classic group.";
            all.Add(new()
            {
                GroupId = id,
                GroupState = nameof(ClassicGroupState.Dead),
                ErrorCode = apiVersion >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None,
                ErrorMessage = apiVersion >= 6 ? reason : null,
            });
        }

        return all;
    }

    private static DescribeGroupsResponse.DescribedGroup Describe(ClassicGroup group)
    {
        var isStable = group.State == ClassicGroupState.Stable;
        var described = new DescribeGroupsResponse.DescribedGroup
        {
            GroupId = group.Id,
            GroupState = group.State.ToString(),
            ProtocolType = group.ProtocolType ?? "",
            ProtocolData = isStable ? group.ProtocolName ?? "" : "",
        };
        foreach (var member in group.Members)
        {
            described.Members.Add(new()
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.GroupInstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                MemberMetadata = isStable ? member.Metadata(group.ProtocolName!) : default,
                MemberAssignment = isStable ? member.Assignment : default,
            });
        }

        return described;
    }

    private void ReplayClassicGroup(GroupMetadataKey key, GroupMetadataValue? value)
    {
        if (value is null)
        {
            Groups.Remove(key.Group);
            return;
        }

        var group = new ClassicGroup(
            key.Group,
            _context.Time,
            value.Members.Count == 0 ? ClassicGroupState.Empty : ClassicGroupState.Stable,
            value.Generation,
            value.ProtocolType.Length == 0 ? null : value.ProtocolType,
            value.Protocol,
            value.Leader,
            value.CurrentStateTimestamp == -1 ? default(long?) : value.CurrentStateTimestamp);
        foreach (var member in value.Members)
        {
            group.Add(new ClassicGroupMember(
                member.MemberId,
                member.GroupInstanceId,
                member.ClientId,
                member.ClientHost,
                member.RebalanceTimeout == -1 ? member.SessionTimeout : member.RebalanceTimeout,
                member.SessionTimeout,
                value.ProtocolType,
                [new ClassicProtocol(value.Protocol ?? "", member.Subscription)])
            {
                Assignment = member.Assignment,
            });
        }

        group.UpdateSubscribedTopics();
        Groups.Put(group);
    }

    private void OnClassicLoaded(ClassicGroup group)
    {
        foreach (var member in group.Members)
        {
            ScheduleHeartbeat(group, member);
        }

        if (group.MemberCount > Options.ClassicGroupSizeMax)
        {
            // The maximum is smaller than it was. The members commit before they join again, and the last to join are not let in.
            PrepareRebalance(group, $"{group.MemberCount} members were loaded, which are more than {Options.ClassicGroupSizeMax} (group.max.size)");
        }
    }

    private static void OnClassicUnloaded(ClassicGroup group)
    {
        group.MoveTo(ClassicGroupState.Dead);
        foreach (var member in group.Members)
        {
            group.AnswerJoin(member, new JoinGroupResponse { MemberId = member.MemberId, ErrorCode = ErrorCode.NotCoordinator });
            member.AnswerSync(new SyncGroupResponse { ErrorCode = ErrorCode.NotCoordinator });
        }
    }

    private static string HeartbeatKey(ClassicGroup group, string memberId) => $"heartbeat-{group.Id}-{memberId}";

    private static string JoinKey(ClassicGroup group) => $"join-{group.Id}";

    private static string SyncKey(ClassicGroup group) => $"sync-{group.Id}";

    private void ScheduleHeartbeat(ClassicGroup group, ClassicGroupMember member) => ScheduleHeartbeat(group, member.MemberId, member.SessionTimeoutMs);

    private void ScheduleHeartbeat(ClassicGroup group, string memberId, long timeoutMs)
    {
        var id = group.Id;
        Timer.Schedule(HeartbeatKey(group, memberId), timeoutMs, retry: false, () => ExpireMember(id, memberId));
    }

    private CoordinatorResult<bool> ExpireMember(Core.GroupId groupId, string memberId)
    {
        if (Groups.Find(groupId) is not ClassicGroup group || group.State == ClassicGroupState.Dead)
        {
            return Nothing;
        }

        if (group.IsPending(memberId))
        {
            group.Remove(memberId);
            return group.State == ClassicGroupState.PreparingRebalance && group.HasAllMembersJoined ? CompleteJoin(group) : Nothing;
        }

        if (group.Member(memberId) is not { } member || member.IsExcusedFromHeartbeat)
        {
            return Nothing;
        }

        Logger.LogInformation("group {Group}: member {Member} sent no heartbeat for {Timeout} ms and is removed", groupId, memberId, member.SessionTimeoutMs);
        RemoveMember(group, member);
        return group.State switch
        {
            ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance => RebalanceOrCompleteJoin(group, $"member {memberId} sent no heartbeat"),
            ClassicGroupState.PreparingRebalance when group.HasAllMembersJoined => CompleteJoin(group),
            _ => Nothing,
        };
    }

    /// <summary>A member that waits to join is told that it is unknown, so that it asks for a new id if it is still there.</summary>
    private static void RemoveMember(ClassicGroup group, ClassicGroupMember member)
    {
        group.AnswerJoin(member, new JoinGroupResponse { MemberId = NoMemberId, ErrorCode = ErrorCode.UnknownMemberId });
        group.Remove(member.MemberId);
    }
}
