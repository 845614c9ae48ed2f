using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

internal sealed partial class ClassicMembership
{
    protected override void HandleResponse(IResponse response, long nowMs)
    {
        switch (response)
        {
            case JoinGroupResponse join:
                HandleJoin(join, nowMs);
                break;
            case SyncGroupResponse sync:
                HandleSync(sync, nowMs);
                break;
            case HeartbeatResponse heartbeat:
                HandleHeartbeat(heartbeat, nowMs);
                break;
            default:
                Forget();
                HasLeft = IsLeaving;
                break;
        }
    }

    private void HandleJoin(JoinGroupResponse join, long nowMs)
    {
        if (join.ErrorCode == ErrorCode.MemberIdRequired)
        {
            MemberId = join.MemberId;
            return;
        }

        if (join.ErrorCode != ErrorCode.None)
        {
            HandleError(join.ErrorCode, nowMs);
            return;
        }

        MemberId = join.MemberId;
        _generation = join.GenerationId;
        _ledPartitions = null;
        var leads = join.Leader == join.MemberId;
        _joined = join;
        _state = leads && !join.SkipAssignment ? State.Leading : State.Syncing;
        if (leads && join.SkipAssignment)
        {
            // A static leader came back to a group that goes on with what it has (KIP-814): it watches the partitions of its own topics.
            _topicsToLead = null;
        }
    }

    private void HandleSync(SyncGroupResponse sync, long nowMs)
    {
        if (sync.ErrorCode != ErrorCode.None)
        {
            HandleError(sync.ErrorCode, nowMs);
            return;
        }

        var assigned = ConsumerProtocolFormat.ReadAssignment(sync.Assignment.ToArray());
        Assignor(_joined!.ProtocolName).OnAssignment(assigned, _generation);
        _joined = null;
        _state = State.Stable;
        _heartbeatAtMs = nowMs + Settings.HeartbeatIntervalMs;
        var target = assigned.ToHashSet();
        Tell(new GroupRebalance
        {
            Revoked = [.. OwnedPartitions.Where(partition => !target.Contains(partition))],
            Assigned = [.. assigned.Where(partition => !OwnedPartitions.Contains(partition))],
            IsAssignment = true,
        });
    }

    private void HandleHeartbeat(HeartbeatResponse heartbeat, long nowMs)
    {
        _heartbeatAtMs = nowMs + Settings.HeartbeatIntervalMs;
        if (heartbeat.ErrorCode == ErrorCode.RebalanceInProgress)
        {
            if (_state == State.Stable)
            {
                Rejoin("the group rebalances");
            }
        }
        else if (heartbeat.ErrorCode != ErrorCode.None)
        {
            HandleError(heartbeat.ErrorCode, nowMs);
        }
    }

    private void HandleError(ErrorCode code, long nowMs)
    {
        switch (code)
        {
            case ErrorCode.UnknownMemberId:
                Forget();
                Lose();
                break;
            case ErrorCode.IllegalGeneration:
                // The member is known and its generation is over.
                _generation = NoGeneration;
                _state = State.Joining;
                Lose();
                break;
            case ErrorCode.RebalanceInProgress:
                _state = State.Joining;
                break;
            case ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator:
                HandleNoAnswer(nowMs);
                RetryLater(nowMs);
                break;
            case ErrorCode.FencedInstanceId:
                Fail(code, $"another member has taken the place of group.instance.id={Settings.GroupInstanceId} in group {Settings.GroupId}");
                break;
            case ErrorCode.InconsistentGroupProtocol:
                Fail(code, $"group {Settings.GroupId} has members with none of partition.assignment.strategy={string.Join(',', _assignors.Select(a => a.Name))}, or is of another type");
                break;
            case ErrorCode.GroupMaxSizeReached:
                Fail(code, $"group {Settings.GroupId} is full (group.max.size of the cluster)");
                break;
            case ErrorCode.InvalidSessionTimeout:
                Fail(code, $"session.timeout.ms={Settings.SessionTimeoutMs} is not between the cluster's group.min.session.timeout.ms and group.max.session.timeout.ms");
                break;
            default:
                Fail(code, $"group {Settings.GroupId} does not take this member");
                break;
        }
    }

    private JoinGroupRequest BuildJoin()
    {
        var request = new JoinGroupRequest
        {
            GroupId = Settings.GroupId,
            SessionTimeoutMs = Settings.SessionTimeoutMs,
            RebalanceTimeoutMs = Settings.PollIntervalMaxMs,
            MemberId = MemberId,
            GroupInstanceId = Settings.GroupInstanceId,
            ProtocolType = ConsumerProtocolFormat.ProtocolType,
            Reason = _reason,
        };
        foreach (var assignor in _assignors)
        {
            request.Protocols.Add(new JoinGroupRequest.JoinGroupRequestProtocol
            {
                Name = assignor.Name,
                Metadata = ConsumerProtocolFormat.WriteSubscription(new MemberSubscription(MemberId, _topics)
                {
                    OwnedPartitions = [.. OwnedPartitions],
                    GenerationId = _generation,
                    RackId = string.IsNullOrEmpty(Settings.RackId) ? null : Settings.RackId,
                    UserData = assignor.SubscriptionUserData() is { } data ? data : default(ReadOnlyMemory<byte>?),
                }),
            });
        }

        return request;
    }

    private SyncGroupRequest BuildSync() => new()
    {
        GroupId = Settings.GroupId,
        GenerationId = _generation,
        MemberId = MemberId,
        GroupInstanceId = Settings.GroupInstanceId,
        ProtocolType = ConsumerProtocolFormat.ProtocolType,
        ProtocolName = _joined!.ProtocolName,
    };

    private LeaveGroupRequest BuildLeave() => new()
    {
        GroupId = Settings.GroupId,
        Members =
        [
            new LeaveGroupRequest.MemberIdentity
            {
                MemberId = MemberId,
                GroupInstanceId = Settings.GroupInstanceId,
                Reason = IsLeaving ? "the consumer is being closed" : "max.poll.interval.ms is over",
            },
        ],
    };
}
