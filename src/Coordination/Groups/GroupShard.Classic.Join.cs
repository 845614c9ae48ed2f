using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class GroupShard
{
    /// <summary>From this version on a dynamic member is told its id before it may join (KIP-394).</summary>
    private const short MemberIdRequiredVersion = 4;

    /// <summary>From this version on the leader is told that its assignment stands (KIP-814).</summary>
    private const short SkipAssignmentVersion = 9;

    /// <summary>
    /// JoinGroup. <paramref name="waiter"/> is answered here or when the rebalance has gathered all members. The request's bytes are not kept by anybody else: the caller has copied them.
    /// </summary>
    public CoordinatorResult<bool> Join(GroupRequest sender, JoinGroupRequest request, TaskCompletionSource<JoinGroupResponse> waiter)
    {
        var existing = Groups.Find(request.GroupId);
        if (existing is not null && existing.Type != GroupType.Classic)
        {
            var handled = default(CoordinatorResult<bool>?);
            JoinModern(existing, sender, request, waiter, ref handled);
            if (handled is { } done)
            {
                return done;
            }

            if (Groups.Find(request.GroupId) is { Type: not GroupType.Classic })
            {
                RefuseJoin(waiter, NoMemberId, ErrorCode.InconsistentGroupProtocol);
                return Nothing;
            }
        }

        return JoinClassic(sender, request, waiter, []);
    }

    /// <summary>A member joins a classic group. <paramref name="records"/> are those that made way for the group.</summary>
    private CoordinatorResult<bool> JoinClassic(GroupRequest sender, JoinGroupRequest request, TaskCompletionSource<JoinGroupResponse> waiter, List<CoordinatorRecord> records)
    {
        var isUnknown = request.MemberId.Length == 0;
        var isNewGroup = Groups.Find(request.GroupId) is null;
        if (Groups.Classic(request.GroupId, create: isUnknown) is not { } group)
        {
            RefuseJoin(waiter, request.MemberId, ErrorCode.UnknownMemberId);
            return Nothing;
        }

        var result = Nothing;
        if (!Accepts(group, request.MemberId))
        {
            group.Remove(request.MemberId);
            RefuseJoin(waiter, NoMemberId, ErrorCode.GroupMaxSizeReached);
        }
        else
        {
            result = isUnknown ? JoinNew(group, sender, request, waiter) : JoinAgain(group, sender, request, waiter);
        }

        if (!isNewGroup || result.Records.Count > 0 || result.AfterAppend is not null)
        {
            return result;
        }

        // The group becomes part of the log with its first record; until that is committed it can be taken back.
        records.Add(GroupRecords.EmptyClassicGroup(group));
        return new(records, true, failure =>
        {
            if (failure is not null)
            {
                RefuseJoin(waiter, NoMemberId, CoordinatorFailures.ForClients(failure.Error));
            }
        }, ReplayRecords: false);
    }

    private static void RefuseJoin(TaskCompletionSource<JoinGroupResponse> waiter, string memberId, ErrorCode error) =>
        waiter.TrySetResult(new JoinGroupResponse { MemberId = memberId, ErrorCode = error });

    private static ClassicProtocol[] ProtocolsOf(JoinGroupRequest request)
    {
        var protocols = new ClassicProtocol[request.Protocols.Count];
        for (var index = 0; index < protocols.Length; index++)
        {
            protocols[index] = new(request.Protocols[index].Name, request.Protocols[index].Metadata);
        }

        return protocols;
    }

    /// <summary>Is there room? Members that wait already stay in while others join; the number that wait counts, so that the last to join again are left out of a group that is too large.</summary>
    private bool Accepts(ClassicGroup group, string memberId) => group.State switch
    {
        ClassicGroupState.PreparingRebalance => group.Member(memberId) is { AwaitingJoin: not null } || group.AwaitingJoinCount < Options.ClassicGroupSizeMax,
        ClassicGroupState.CompletingRebalance or ClassicGroupState.Stable => group.HasMember(memberId) || group.MemberCount < Options.ClassicGroupSizeMax,
        _ => true,
    };

    private CoordinatorResult<bool> JoinNew(ClassicGroup group, GroupRequest sender, JoinGroupRequest request, TaskCompletionSource<JoinGroupResponse> waiter)
    {
        if (group.State == ClassicGroupState.Dead)
        {
            RefuseJoin(waiter, NoMemberId, ErrorCode.CoordinatorNotAvailable);
            return Nothing;
        }

        if (!group.Supports(request.ProtocolType, ProtocolsOf(request)))
        {
            RefuseJoin(waiter, NoMemberId, ErrorCode.InconsistentGroupProtocol);
            return Nothing;
        }

        var memberId = NewMemberId(request.GroupInstanceId ?? sender.ClientId);
        if (request.GroupInstanceId is { } instanceId)
        {
            return group.StaticMemberId(instanceId) is { } oldMemberId
                ? ReplaceStatic(group, sender, request, oldMemberId, memberId, waiter)
                : AddMember(group, sender, request, memberId, waiter);
        }

        if (sender.ApiVersion < MemberIdRequiredVersion)
        {
            return AddMember(group, sender, request, memberId, waiter);
        }

        group.AddPending(memberId);
        ScheduleHeartbeat(group, memberId, request.SessionTimeoutMs);
        RefuseJoin(waiter, memberId, ErrorCode.MemberIdRequired);
        return Nothing;
    }

    private CoordinatorResult<bool> JoinAgain(ClassicGroup group, GroupRequest sender, JoinGroupRequest request, TaskCompletionSource<JoinGroupResponse> waiter)
    {
        var protocols = ProtocolsOf(request);
        if (group.State == ClassicGroupState.Dead)
        {
            RefuseJoin(waiter, request.MemberId, ErrorCode.CoordinatorNotAvailable);
            return Nothing;
        }

        if (!group.Supports(request.ProtocolType, protocols))
        {
            RefuseJoin(waiter, request.MemberId, ErrorCode.InconsistentGroupProtocol);
            return Nothing;
        }

        if (group.IsPending(request.MemberId))
        {
            // Only dynamic members are given an id before they join.
            Invariant.That(request.GroupInstanceId is null);
            return AddMember(group, sender, request, request.MemberId, waiter);
        }

        try
        {
            group.ValidateMember(request.MemberId, request.GroupInstanceId);
        }
        catch (CoordinatorException refused)
        {
            waiter.TrySetResult(new JoinGroupResponse { MemberId = request.MemberId, ErrorCode = refused.Error, ProtocolName = null });
            return Nothing;
        }

        var member = group.Member(request.MemberId)!;
        var mustRebalance = group.State switch
        {
            ClassicGroupState.PreparingRebalance => true,
            ClassicGroupState.CompletingRebalance => !member.Says(protocols),
            ClassicGroupState.Stable => group.IsLeader(member.MemberId) || !member.Says(protocols),
            _ => false,
        };
        if (mustRebalance)
        {
            group.Update(member, protocols, request.RebalanceTimeoutMs, request.SessionTimeoutMs, waiter);
            return RebalanceOrCompleteJoin(group, $"member {member.MemberId} joins again in state {group.State}; client reason: {request.Reason ?? "not provided"}");
        }

        if (group.IsEmpty)
        {
            RefuseJoin(waiter, request.MemberId, ErrorCode.UnknownMemberId);
            return Nothing;
        }

        // It says what it said before, as it may not have received the answer: the generation stands.
        var isLeader = group.State == ClassicGroupState.CompletingRebalance && group.IsLeader(member.MemberId);
        waiter.TrySetResult(Joined(group, member.MemberId, isLeader, skipAssignment: false));
        return Nothing;
    }

    private static JoinGroupResponse Joined(ClassicGroup group, string memberId, bool withMembers, bool skipAssignment) => new()
    {
        MemberId = memberId,
        GenerationId = group.Generation,
        ProtocolName = group.ProtocolName,
        ProtocolType = group.ProtocolType,
        Leader = group.LeaderId ?? "",
        SkipAssignment = skipAssignment,
        Members = withMembers ? group.MembersForLeader() : [],
    };

    private CoordinatorResult<bool> AddMember(
        ClassicGroup group, GroupRequest sender, JoinGroupRequest request, string memberId, TaskCompletionSource<JoinGroupResponse> waiter)
    {
        var member = new ClassicGroupMember(
            memberId, request.GroupInstanceId, sender.ClientId, sender.ClientHost, request.RebalanceTimeoutMs, request.SessionTimeoutMs, request.ProtocolType, ProtocolsOf(request))
        {
            IsNew = true,
        };
        if (group.State == ClassicGroupState.PreparingRebalance && group.PreviousState == ClassicGroupState.Empty)
        {
            group.NewMemberAdded = true;
        }

        group.Add(member, waiter);

        // It does not know its id yet or waits, so it sends no heartbeats; if it is gone, it must not be in rebalances for ever.
        ScheduleHeartbeat(group, memberId, Options.NewMemberJoinTimeoutMs);
        return RebalanceOrCompleteJoin(
            group, $"member {memberId} with group instance id {request.GroupInstanceId ?? "null"} is new; client reason: {request.Reason ?? "not provided"}");
    }

    /// <summary>A static member is back under a new id (KIP-345). In a stable group nobody else need know, unless another protocol would be chosen now.</summary>
    private CoordinatorResult<bool> ReplaceStatic(
        ClassicGroup group, GroupRequest sender, JoinGroupRequest request, string oldMemberId, string newMemberId, TaskCompletionSource<JoinGroupResponse> waiter)
    {
        var leaderBefore = group.LeaderId;
        var member = group.ReplaceStaticMember(request.GroupInstanceId!, oldMemberId, newMemberId);
        ScheduleHeartbeat(group, member);
        var before = (member.Protocols, member.RebalanceTimeoutMs, member.SessionTimeoutMs);
        group.Update(member, ProtocolsOf(request), request.RebalanceTimeoutMs, request.SessionTimeoutMs, waiter);
        switch (group.State)
        {
            case ClassicGroupState.Stable when group.ProtocolName == group.SelectProtocol():
                return new([GroupRecords.ClassicGroup(group, static existing => existing.Assignment)], true, failure =>
                {
                    if (failure is not null)
                    {
                        group.Update(member, before.Protocols, before.RebalanceTimeoutMs, before.SessionTimeoutMs, null);
                        ScheduleHeartbeat(group, group.ReplaceStaticMember(request.GroupInstanceId!, newMemberId, oldMemberId));
                        RefuseJoin(waiter, NoMemberId, CoordinatorFailures.ForClients(failure.Error));
                        return;
                    }

                    // Before KIP-814 the leader is told that the one it was before leads, so that it does not assign.
                    var isLeader = group.IsLeader(newMemberId);
                    var response = Joined(group, newMemberId, withMembers: isLeader && sender.ApiVersion >= SkipAssignmentVersion, skipAssignment: isLeader);
                    if (sender.ApiVersion < SkipAssignmentVersion)
                    {
                        response.Leader = leaderBefore ?? "";
                        response.SkipAssignment = false;
                    }

                    group.AnswerJoin(member, response);
                }, ReplayRecords: false);
            case ClassicGroupState.Stable:
                return RebalanceOrCompleteJoin(group, $"static member {request.GroupInstanceId} is back and changes the protocol; client reason: {request.Reason ?? "not provided"}");
            case ClassicGroupState.CompletingRebalance:
                // The leader may be assigning to the old id.
                return PrepareRebalance(group, $"static member {request.GroupInstanceId} is back during a rebalance; client reason: {request.Reason ?? "not provided"}");
            default:
                return CompleteJoinIfAllAreThere(group);
        }
    }

    private string NewMemberId(string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        _entropy.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return $"{prefix}-{new Guid(bytes, bigEndian: true)}";
    }

    /// <summary>Joins to groups of other types. What is not handled, and is no classic group afterwards, is refused.</summary>
    partial void JoinModern(Group group, GroupRequest sender, JoinGroupRequest request, TaskCompletionSource<JoinGroupResponse> waiter, ref CoordinatorResult<bool>? handled);
}
