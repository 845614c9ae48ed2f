using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

/// <summary>Members of consumer groups that still speak the classic protocol: what their requests mean there (KIP-848, online migration).</summary>
public sealed partial class ConsumerGroupManager
{
    /// <summary>
    /// A member of the classic protocol joins a consumer group that has members. The answer is its id and epoch as the generation; it reads what it has with
    /// SyncGroup. With MEMBER_ID_REQUIRED it only gets an id to join with.
    /// </summary>
    /// <param name="requiresKnownMemberId">Whether the request's version makes a member join with the id that it got first.</param>
    public CoordinatorResult<JoinGroupResponse> JoinClassic(
        ConsumerGroup group, ConsumerGroupCaller caller, JoinGroupRequest request, bool requiresKnownMemberId)
    {
        if (Options.MigrationPolicy == GroupMigrationPolicy.Disabled)
        {
            throw new CoordinatorException(
                ErrorCode.InconsistentGroupProtocol,
                $"Cannot join the consumer group {group.Id} with the classic protocol because the group migration is disabled.");
        }

        var isUnknown = request.MemberId.Length == 0;
        var memberId = isUnknown ? NewMemberId() : request.MemberId;
        CheckSize(group, memberId, request.GroupInstanceId);
        var protocols = request.Protocols.Select(protocol => (protocol.Name, Metadata: protocol.Metadata.ToArray())).ToList();
        if (!group.SupportsClassicProtocols(request.ProtocolType, [.. protocols.Select(protocol => protocol.Name)]))
        {
            throw new CoordinatorException(ErrorCode.InconsistentGroupProtocol, $"Member {memberId}'s protocols are not supported.");
        }

        if (isUnknown && request.GroupInstanceId is null && requiresKnownMemberId)
        {
            return new JoinGroupResponse { MemberId = memberId, ErrorCode = ErrorCode.MemberIdRequired, ProtocolType = null, ProtocolName = null };
        }

        return JoinClassic(group, caller, request, memberId, isUnknown, new ClassicProtocols(request.SessionTimeoutMs, protocols));
    }

    private CoordinatorResult<JoinGroupResponse> JoinClassic(
        ConsumerGroup group, ConsumerGroupCaller caller, JoinGroupRequest request, string memberId, bool isUnknown, ClassicProtocols protocols)
    {
        var records = new List<CoordinatorRecord>();
        var member = request.GroupInstanceId is null
            ? group.Member(memberId) ?? new ConsumerGroupMember(memberId)
            : StaticMember(group, memberId, request.GroupInstanceId, -1, PartitionSet.Empty, isUnknown, true, records);
        var replaced = group.StaticMember(request.GroupInstanceId);
        var isDowngrade = replaced is not null
            && !replaced.UsesClassicProtocol
            && group.AllUseClassicProtocolWithout([replaced])
            && MayDowngradeTo(group.Id, group.MemberCount);
        var subscription = ReadSubscription(protocols);
        var updated = member with
        {
            InstanceId = request.GroupInstanceId ?? member.InstanceId,
            RackId = string.IsNullOrEmpty(subscription.RackId) ? member.RackId : subscription.RackId,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs == -1 ? member.RebalanceTimeoutMs : request.RebalanceTimeoutMs,
            SubscribedTopicNames = TopicNameSet.Of(subscription.Topics),
            SubscribedTopicRegex = string.Empty,
            ClientId = caller.ClientId,
            ClientHost = caller.ClientHost,
            Classic = protocols,
        };
        var (epoch, subscriptionType, hasChanged) = UpdateEpoch(group, caller, member, updated, false, true, records);
        var owned = OwnedBy(subscription);
        if (isDowngrade)
        {
            var isStale = group.Target.Epoch < epoch;
            if (!isStale)
            {
                updated = Step(group, updated, group.Target.Epoch, LastTarget(group, updated), hasChanged, owned, records);
            }

            Downgrade(group, [], updated, isStale ? $"Downgrade group {group.Id} from consumer to classic with stale assignment." : null, records);
        }
        else
        {
            var (targetEpoch, target) = UpdateTarget(group, epoch, member, updated, subscriptionType, records);
            updated = Step(group, updated, targetEpoch, target, hasChanged, owned, records);
        }

        var response = new JoinGroupResponse
        {
            MemberId = updated.MemberId,
            GenerationId = updated.MemberEpoch,
            ProtocolType = "consumer",
            ProtocolName = protocols.Supported[0].Name,
        };
        return new(records, response, failure => Joined(group.Id, request, response.MemberId, isDowngrade, failure), ReplayRecords: !isDowngrade);
    }

    private void Joined(GroupId groupId, JoinGroupRequest request, string memberId, bool isDowngrade, CoordinatorException? failure)
    {
        if (failure is not null)
        {
            return;
        }

        _context.Timer.Cancel(JoinKey(groupId, memberId));
        if (!isDowngrade)
        {
            ScheduleSessionTimeout(groupId, memberId, request.SessionTimeoutMs);
            ScheduleSyncTimeout(groupId, memberId, request.RebalanceTimeoutMs);
        }
    }

    /// <summary>A member of the classic protocol asks for its assignment.</summary>
    public CoordinatorResult<SyncGroupResponse> SyncClassic(ConsumerGroup group, SyncGroupRequest request)
    {
        var (member, classic) = ClassicMember(group, request.MemberId, request.GroupInstanceId, request.GenerationId);
        if (request.ProtocolType is not null and not "consumer")
        {
            throw new CoordinatorException(
                ErrorCode.InconsistentGroupProtocol,
                $"The protocol type {request.ProtocolType} from member {member.MemberId} request is not equal to the group protocol type consumer.");
        }

        if (request.ProtocolName is { } name && name != classic.Supported[0].Name)
        {
            throw new CoordinatorException(
                ErrorCode.InconsistentGroupProtocol,
                $"The protocol name {name} from member {member.MemberId} request is not equal to the protocol name {classic.Supported[0].Name} returned in the join response.");
        }

        if (group.Target.Epoch > member.MemberEpoch && member.State != MemberState.UnrevokedPartitions)
        {
            ScheduleJoinTimeoutIfAbsent(group.Id, member);
            throw new CoordinatorException(
                ErrorCode.RebalanceInProgress,
                $"A new rebalance is triggered in group {group.Id} and member {member.MemberId} should rejoin to catch up.");
        }

        _context.Timer.Cancel(SyncKey(group.Id, member.MemberId));
        ScheduleSessionTimeout(group.Id, member.MemberId, classic.SessionTimeoutMs);
        return new SyncGroupResponse
        {
            ProtocolType = request.ProtocolType,
            ProtocolName = request.ProtocolName,
            Assignment = AssignmentBytes(member.AssignedPartitions.Partitions, classic.Supported[0].Metadata),
        };
    }

    /// <summary>A heartbeat of a member of the classic protocol; REBALANCE_IN_PROGRESS makes it join again, for the next step towards its target.</summary>
    public CoordinatorResult<HeartbeatResponse> HeartbeatClassic(ConsumerGroup group, HeartbeatRequest request)
    {
        var (member, classic) = ClassicMember(group, request.MemberId, request.GroupInstanceId, request.GenerationId);
        ScheduleSessionTimeout(group.Id, member.MemberId, classic.SessionTimeoutMs);
        if (member.MemberEpoch < group.Target.Epoch
            || member.State == MemberState.UnrevokedPartitions
            || (member.State == MemberState.UnreleasedPartitions && !group.IsWaitingForPartitions(member)))
        {
            ScheduleJoinTimeoutIfAbsent(group.Id, member);
            return new HeartbeatResponse { ErrorCode = ErrorCode.RebalanceInProgress };
        }

        return new HeartbeatResponse();
    }

    /// <summary>Members leave with LeaveGroup: those of the classic protocol, or any by a tool that names them.</summary>
    public CoordinatorResult<LeaveGroupResponse> LeaveClassic(ConsumerGroup group, LeaveGroupRequest request)
    {
        var leaving = new Dictionary<string, ConsumerGroupMember>(StringComparer.Ordinal);
        var response = new LeaveGroupResponse();
        foreach (var identity in request.Members)
        {
            var error = ErrorCode.None;
            try
            {
                var member = Leaving(group, identity);
                leaving[member.MemberId] = member;
                Logger.LogInformation(
                    "[GroupId {Group}] Member {Member} has left group through explicit `LeaveGroup` request; client reason: {Reason}",
                    group.Id,
                    member.MemberId,
                    identity.Reason ?? "not provided");
            }
            catch (CoordinatorException exception)
            {
                error = exception.Error;
            }

            response.Members.Add(new() { MemberId = identity.MemberId, GroupInstanceId = identity.GroupInstanceId, ErrorCode = error });
        }

        return Fence(group, leaving.Values, response);
    }

    private static ConsumerGroupMember Leaving(ConsumerGroup group, LeaveGroupRequest.MemberIdentity identity)
    {
        if (identity.GroupInstanceId is not { } instanceId)
        {
            return ExistingMember(group, identity.MemberId);
        }

        var member = KnownStaticMember(group.StaticMember(instanceId), instanceId);
        if (identity.MemberId.Length > 0)
        {
            CheckInstance(member, identity.MemberId, instanceId);
        }

        return member;
    }

    private static (ConsumerGroupMember Member, ClassicProtocols Classic) ClassicMember(
        ConsumerGroup group, string memberId, string? instanceId, int generationId)
    {
        var member = instanceId is null
            ? ExistingMember(group, memberId)
            : group.StaticMember(instanceId)
                ?? throw new CoordinatorException(
                    ErrorCode.UnknownMemberId, $"Member with instance id {instanceId} is not a member of group {group.Id}.");
        if (instanceId is not null)
        {
            CheckInstance(member, memberId, instanceId);
        }

        if (member.Classic is not { } classic)
        {
            throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Member {memberId} does not use the classic protocol.");
        }

        return member.MemberEpoch == generationId
            ? (member, classic)
            : throw new CoordinatorException(
                ErrorCode.IllegalGeneration,
                $"The request generation id {generationId} is not equal to the member epoch {member.MemberEpoch} of member {member.MemberId}.");
    }

    private static ConsumerProtocolSubscription ReadSubscription(ClassicProtocols protocols)
    {
        try
        {
            return ConsumerProtocol.ReadSubscription(protocols.Supported[0].Metadata);
        }
        catch (ProtocolException)
        {
            throw new CoordinatorException(
                ErrorCode.InconsistentGroupProtocol, "Malformed embedded consumer protocol in subscription deserialization.");
        }
    }

    private PartitionSet OwnedBy(ConsumerProtocolSubscription subscription)
    {
        var owned = new PartitionSetBuilder();
        foreach (var topic in subscription.OwnedPartitions)
        {
            if (_image.Topics.Find(topic.Topic) is { } image)
            {
                topic.Partitions.ForEach(partition => owned.Add(image.Id, partition));
            }
        }

        return owned.Build();
    }
}
