using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>
/// A member of a consumer group (KIP-848): its heartbeats say what it wants and what it has, the coordinator answers with what it shall have, and it gets there
/// by itself: gives up, takes, and says so. There is no pause for those whose partitions stay. Callers as in <see cref="GroupMembership"/>.
/// </summary>
internal sealed class ConsumerMembership : GroupMembership
{
    private const int JoinEpoch = 0;
    private const int LeaveEpoch = -1;
    private const int LeaveStaticEpoch = -2;

    private readonly Dictionary<Uuid, string> _topicNames = [];
    private readonly Dictionary<string, Uuid> _topicIds = [];
    private IReadOnlyList<string> _topics = [];
    private string? _pattern;
    private int _epoch;
    private long _heartbeatAtMs;
    private int _heartbeatIntervalMs = 5_000;
    private bool _isSubscribed;
    private bool _saysAll = true;
    private long _saysAllUntilMs;
    private bool _saysSubscription;
    private bool _saysOwned;
    private bool _saidPattern;
    private bool _isEveryNameKnown = true;

    /// <summary>What the coordinator wants the member to have; null when it has said nothing yet.</summary>
    private List<(Uuid TopicId, int Partition)>? _target;

    public ConsumerMembership(GroupMembershipSettings settings, Uuid memberId)
        : base(settings)
    {
        MemberId = memberId.ToString();
    }

    public override int GenerationId => _epoch;

    public override bool IsMember => _epoch > JoinEpoch;

    public override bool IsStable => IsMember && !IsChanging && !_saysOwned && _isEveryNameKnown;

    /// <summary>The ids of assigned topics whose names are not known; look them up and call <see cref="OnTopicName"/>.</summary>
    public IReadOnlyCollection<Uuid> UnknownTopics =>
        _target is null ? [] : [.. _target.Select(entry => entry.TopicId).Distinct().Where(id => !_topicNames.ContainsKey(id))];

    /// <summary>Sets what the member wants: topics by name, and a pattern of RE2J that the coordinator resolves, or null.</summary>
    public void Subscribe(IReadOnlyList<string> topics, string? pattern)
    {
        _topics = topics;
        _pattern = pattern;
        _isSubscribed = true;
        _saysSubscription = true;
        _heartbeatAtMs = 0;
    }

    /// <summary>Tells the name of a topic.</summary>
    public void OnTopicName(Uuid id, string name)
    {
        _topicNames[id] = name;
        _topicIds[name] = id;
    }

    protected override GroupStep NextOf(long nowMs)
    {
        if (IsLeaving || IsIdledOut)
        {
            return NextOfLeaving(nowMs);
        }

        if (!_isSubscribed)
        {
            return GroupStep.Wait(Never);
        }

        if (!IsChanging && Reconcile() is { } change)
        {
            Tell(change);
            return Next(nowMs);
        }

        if (_epoch == JoinEpoch && IsChanging)
        {
            // It comes back only when what it had is gone.
            return GroupStep.Wait(Never);
        }

        return _heartbeatAtMs > nowMs ? GroupStep.Wait(_heartbeatAtMs) : GroupStep.Send(BuildHeartbeat());
    }

    protected override void HandleResponse(IResponse response, long nowMs)
    {
        var answer = (ConsumerGroupHeartbeatResponse)response;
        if (_epoch < 0)
        {
            // It was leaving: whatever the answer is, it is out.
            Forget();
            HasLeft = IsLeaving;
            return;
        }

        if (answer.ErrorCode != ErrorCode.None)
        {
            HandleError(answer, nowMs);
            return;
        }

        _saysAll |= nowMs < _saysAllUntilMs;
        _epoch = answer.MemberEpoch;
        _heartbeatIntervalMs = answer.HeartbeatIntervalMs;
        _heartbeatAtMs = _saysOwned || _saysSubscription ? nowMs : nowMs + _heartbeatIntervalMs;
        if (answer.Assignment is { } assignment)
        {
            _target = [.. assignment.TopicPartitions.SelectMany(topic => topic.Partitions.Select(index => (topic.TopicId, index.Value)))];
        }
    }

    protected override void HandleNoAnswer(long nowMs)
    {
        if (_epoch < 0)
        {
            Forget();
            HasLeft = IsLeaving;
            return;
        }

        // Whether it was heard is not known: the next one says everything, and is told everything. So are those that follow: what was not
        // answered may still wait at the coordinator and be done behind the next one, and what it gives the member then is said in an answer that
        // nobody reads, and not again. It does not wait there for longer than a group waits for its members.
        _saysAll = true;
        _saysAllUntilMs = nowMs + Settings.PollIntervalMaxMs;
    }

    protected override void HandleRebalanced(GroupRebalance change, long nowMs)
    {
        if (_epoch > JoinEpoch)
        {
            _saysOwned = true;
        }

        _heartbeatAtMs = Math.Min(_heartbeatAtMs, nowMs);
    }

    private GroupStep NextOfLeaving(long nowMs)
    {
        if (IsChanging)
        {
            return IsMember && _heartbeatAtMs <= nowMs ? GroupStep.Send(BuildHeartbeat()) : GroupStep.Wait(IsMember ? _heartbeatAtMs : Never);
        }

        if (OwnedPartitions.Count > 0)
        {
            Tell(IsLeaving ? new GroupRebalance { Revoked = [.. OwnedPartitions] } : new GroupRebalance { Lost = [.. OwnedPartitions] });
            return Next(nowMs);
        }

        if (IsMember && (!IsLeaving || SendsLeave))
        {
            var isStatic = Settings.GroupInstanceId is not null && (StaysStatic || !IsLeaving);
            _epoch = isStatic ? LeaveStaticEpoch : LeaveEpoch;
            return GroupStep.Send(BuildHeartbeat());
        }

        Forget();
        HasLeft = IsLeaving;
        return HasLeft ? GroupStep.End() : GroupStep.Wait(Never);
    }

    /// <summary>What has to change so that the member has what it shall have; null when nothing, or when a name is missing and nothing else is to do.</summary>
    private GroupRebalance? Reconcile()
    {
        if (_target is null || !IsMember)
        {
            return null;
        }

        var wanted = new HashSet<TopicPartition>();
        _isEveryNameKnown = true;
        foreach (var (id, partition) in _target)
        {
            if (_topicNames.TryGetValue(id, out var name))
            {
                wanted.Add(new TopicPartition(name, partition));
            }
            else
            {
                _isEveryNameKnown = false;
            }
        }

        var revoked = OwnedPartitions.Where(partition => !wanted.Contains(partition)).ToList();
        var assigned = wanted.Where(partition => !OwnedPartitions.Contains(partition)).ToList();
        if (revoked.Count == 0 && assigned.Count == 0)
        {
            if (_isEveryNameKnown)
            {
                _target = null;
            }

            return null;
        }

        return new GroupRebalance { Revoked = revoked, Assigned = assigned, IsAssignment = true };
    }

    private void HandleError(ConsumerGroupHeartbeatResponse answer, long nowMs)
    {
        switch (answer.ErrorCode)
        {
            case ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch:
                Forget();
                Lose();
                break;
            case ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator:
                HandleNoAnswer(nowMs);
                RetryLater(nowMs);
                break;
            case ErrorCode.TopicAuthorizationFailed:
                // The topic may be allowed later; the consumer says so to the application meanwhile, where it fetches.
                _heartbeatAtMs = nowMs + _heartbeatIntervalMs;
                _saysAll = true;
                break;
            default:
                Fail(answer.ErrorCode, answer.ErrorMessage ?? $"group {Settings.GroupId} does not take this member");
                break;
        }
    }

    private ConsumerGroupHeartbeatRequest BuildHeartbeat()
    {
        var isLeaving = _epoch < 0;
        var saysAll = !isLeaving && (_saysAll || _epoch == JoinEpoch);
        var request = new ConsumerGroupHeartbeatRequest
        {
            GroupId = Settings.GroupId,
            MemberId = MemberId,
            MemberEpoch = _epoch,
            InstanceId = Settings.GroupInstanceId,
        };
        if (saysAll)
        {
            request.RackId = string.IsNullOrEmpty(Settings.RackId) ? null : Settings.RackId;
            request.RebalanceTimeoutMs = Settings.PollIntervalMaxMs;
            request.ServerAssignor = string.IsNullOrEmpty(Settings.RemoteAssignor) ? null : Settings.RemoteAssignor;
        }

        if (saysAll || (_saysSubscription && !isLeaving))
        {
            request.SubscribedTopicNames = [.. _topics.Select(topic => new TopicName(topic))];
            request.SubscribedTopicRegex = _pattern ?? (_saidPattern ? "" : null);
            _saidPattern |= _pattern is not null;
        }

        if (saysAll || (_saysOwned && !isLeaving))
        {
            request.TopicPartitions = [.. OwnedPartitions.GroupBy(partition => _topicIds[partition.Topic]).Select(topic =>
                new ConsumerGroupHeartbeatRequest.TopicPartitionsData { TopicId = topic.Key, Partitions = [.. topic.Select(partition => partition.Partition)] })];
        }

        if (!isLeaving)
        {
            _saysAll = false;
            _saysSubscription = false;
            _saysOwned = false;
        }

        return request;
    }

    private void Forget()
    {
        _epoch = JoinEpoch;
        _target = null;
        _saysAll = true;
        _heartbeatAtMs = 0;
    }
}
