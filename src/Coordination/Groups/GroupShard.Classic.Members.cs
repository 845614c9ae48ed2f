using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class GroupShard
{
    /// <summary>SyncGroup. <paramref name="waiter"/> is answered here or when the leader's assignment is committed.</summary>
    public CoordinatorResult<bool> Sync(GroupRequest sender, SyncGroupRequest request, TaskCompletionSource<SyncGroupResponse> waiter)
    {
        var group = Groups.Find(request.GroupId);
        if (group is null || group.IsEmpty)
        {
            waiter.TrySetResult(new SyncGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });
            return Nothing;
        }

        if (group is ClassicGroup classic)
        {
            return SyncClassic(classic, request, waiter);
        }

        var handled = default(CoordinatorResult<bool>?);
        SyncModern(group, sender, request, waiter, ref handled);
        if (handled is null)
        {
            waiter.TrySetResult(new SyncGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });
        }

        return handled ?? Nothing;
    }

    /// <summary>Heartbeat.</summary>
    /// <exception cref="CoordinatorException">It is not a member of this generation.</exception>
    public CoordinatorResult<HeartbeatResponse> Heartbeat(GroupRequest sender, HeartbeatRequest request)
    {
        var group = Groups.Find(request.GroupId) ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Group {request.GroupId} not found.");
        if (group is not ClassicGroup classic)
        {
            var handled = default(CoordinatorResult<HeartbeatResponse>?);
            HeartbeatModern(group, sender, request, ref handled);
            return handled ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Group {request.GroupId} not found.");
        }

        if (classic.State == ClassicGroupState.Dead)
        {
            throw new CoordinatorException(ErrorCode.CoordinatorNotAvailable, $"group {classic.Id} is gone");
        }

        classic.ValidateMember(request.MemberId, request.GroupInstanceId);
        if (request.GenerationId != classic.Generation)
        {
            throw new CoordinatorException(ErrorCode.IllegalGeneration, $"group {classic.Id} is in generation {classic.Generation}, not {request.GenerationId}");
        }

        if (classic.IsEmpty)
        {
            return new HeartbeatResponse { ErrorCode = ErrorCode.UnknownMemberId };
        }

        ScheduleHeartbeat(classic, classic.Member(request.MemberId)!);
        return new HeartbeatResponse { ErrorCode = classic.State == ClassicGroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None };
    }

    /// <summary>LeaveGroup, of one member or several.</summary>
    /// <exception cref="CoordinatorException">There is no such group.</exception>
    public CoordinatorResult<LeaveGroupResponse> Leave(GroupRequest sender, LeaveGroupRequest request)
    {
        var group = Groups.Find(request.GroupId) ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Group {request.GroupId} not found.");
        if (group is ClassicGroup classic)
        {
            return LeaveClassic(classic, request);
        }

        var handled = default(CoordinatorResult<LeaveGroupResponse>?);
        LeaveModern(group, sender, request, ref handled);
        return handled ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Group {request.GroupId} not found.");
    }

    private static ErrorCode JudgeSync(ClassicGroup group, SyncGroupRequest request)
    {
        if (group.State == ClassicGroupState.Dead)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }

        try
        {
            group.ValidateMember(request.MemberId, request.GroupInstanceId);
        }
        catch (CoordinatorException refused)
        {
            return refused.Error;
        }

        if (request.GenerationId != group.Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        return Differ(request.ProtocolType, group.ProtocolType) || Differ(request.ProtocolName, group.ProtocolName) ? ErrorCode.InconsistentGroupProtocol : ErrorCode.None;

        static bool Differ(string? said, string? chosen) => said is not null && chosen is not null && said != chosen;
    }

    private CoordinatorResult<bool> SyncClassic(ClassicGroup group, SyncGroupRequest request, TaskCompletionSource<SyncGroupResponse> waiter)
    {
        var error = JudgeSync(group, request);
        if (error == ErrorCode.None && group.State == ClassicGroupState.PreparingRebalance)
        {
            error = ErrorCode.RebalanceInProgress;
        }

        if (error != ErrorCode.None)
        {
            waiter.TrySetResult(new SyncGroupResponse { ErrorCode = error });
            return Nothing;
        }

        var member = group.Member(request.MemberId)!;
        group.RemovePendingSync(request.MemberId);
        if (group.HasReceivedAllSyncs)
        {
            Timer.Cancel(SyncKey(group));
        }

        if (group.State == ClassicGroupState.Stable)
        {
            waiter.TrySetResult(Synced(group, member));
            return Nothing;
        }

        member.AwaitingSync = waiter;
        return group.IsLeader(member.MemberId) ? TakeAssignment(group, request) : Nothing;
    }

    /// <summary>The leader has assigned: everybody gets their part once it is committed, if nothing has happened meanwhile.</summary>
    private CoordinatorResult<bool> TakeAssignment(ClassicGroup group, SyncGroupRequest request)
    {
        var assignments = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var assignment in request.Assignments)
        {
            assignments[assignment.MemberId] = assignment.Assignment;
        }

        var generation = group.Generation;
        return new([GroupRecords.ClassicGroup(group, Assigned)], true, failure =>
        {
            if (group.State != ClassicGroupState.CompletingRebalance || group.Generation != generation)
            {
                return;
            }

            if (failure is not null)
            {
                var error = CoordinatorFailures.ForClients(failure.Error);
                DropAssignment(group, error);
                RebalanceOrCompleteJoin(group, $"the assignment could not be written: {failure.Message}");
                return;
            }

            foreach (var member in group.Members)
            {
                member.Assignment = Assigned(member);
            }

            AnswerSyncs(group, ErrorCode.None);
            group.MoveTo(ClassicGroupState.Stable);
            _metrics.Rebalanced();
        }, ReplayRecords: false);

        ReadOnlyMemory<byte> Assigned(ClassicGroupMember member) => assignments.GetValueOrDefault(member.MemberId);
    }

    private CoordinatorResult<LeaveGroupResponse> LeaveClassic(ClassicGroup group, LeaveGroupRequest request)
    {
        if (group.State == ClassicGroupState.Dead)
        {
            return new LeaveGroupResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable };
        }

        var response = new LeaveGroupResponse();
        var left = new List<string>();
        foreach (var identity in request.Members)
        {
            var error = Leave(group, identity);
            response.Members.Add(new() { MemberId = identity.MemberId, GroupInstanceId = identity.GroupInstanceId, ErrorCode = error });
            if (error == ErrorCode.None)
            {
                left.Add($"{identity.GroupInstanceId ?? identity.MemberId} ({identity.Reason ?? "not provided"})");
            }
        }

        if (left.Count == 0)
        {
            return response;
        }

        var result = group.State switch
        {
            ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance => RebalanceOrCompleteJoin(group, $"members left: {string.Join(", ", left)}"),
            ClassicGroupState.PreparingRebalance => CompleteJoinIfAllAreThere(group),
            _ => Nothing,
        };
        return new(result.Records, response, result.AfterAppend, result.ReplayRecords);
    }

    private ErrorCode Leave(ClassicGroup group, LeaveGroupRequest.MemberIdentity identity)
    {
        var memberId = identity.MemberId;
        if (memberId.Length == 0)
        {
            // An administrator removes a static member by its instance id alone.
            if (identity.GroupInstanceId is null || group.StaticMemberId(identity.GroupInstanceId) is not { } staticId)
            {
                return ErrorCode.UnknownMemberId;
            }

            memberId = staticId;
        }
        else if (group.IsPending(memberId))
        {
            group.Remove(memberId);
            Timer.Cancel(HeartbeatKey(group, memberId));
            return ErrorCode.None;
        }
        else
        {
            try
            {
                group.ValidateMember(memberId, identity.GroupInstanceId);
            }
            catch (CoordinatorException refused)
            {
                return refused.Error;
            }
        }

        Timer.Cancel(HeartbeatKey(group, memberId));
        Logger.LogInformation("group {Group}: member {Member} leaves; client reason: {Reason}", group.Id, memberId, identity.Reason ?? "not provided");
        RemoveMember(group, group.Member(memberId)!);
        return ErrorCode.None;
    }

    partial void SyncModern(Group group, GroupRequest sender, SyncGroupRequest request, TaskCompletionSource<SyncGroupResponse> waiter, ref CoordinatorResult<bool>? handled);

    partial void HeartbeatModern(Group group, GroupRequest sender, HeartbeatRequest request, ref CoordinatorResult<HeartbeatResponse>? handled);

    partial void LeaveModern(Group group, GroupRequest sender, LeaveGroupRequest request, ref CoordinatorResult<LeaveGroupResponse>? handled);
}
