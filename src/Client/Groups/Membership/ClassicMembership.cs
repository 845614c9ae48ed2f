using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>
/// A member of a classic group: it joins, is told the generation, the leader shares out, all synchronize, and heartbeats keep it in (KIP-62). Eager members give
/// everything up before they join again; cooperative ones what the leader took, and join once more (KIP-429). Callers as in <see cref="GroupMembership"/>.
/// </summary>
internal sealed partial class ClassicMembership : GroupMembership
{
    private const int NoGeneration = -1;

    private readonly IReadOnlyList<ConsumerAssignor> _assignors;
    private readonly bool _isCooperative;
    private IReadOnlyList<string> _topics = [];
    private State _state = State.Idle;
    private int _generation = NoGeneration;
    private long _heartbeatAtMs = Never;
    private bool _rejoin;
    private bool _saysGoodbye;
    private string _reason = "";

    /// <summary>What the leader of a generation needs until it has shared out.</summary>
    private JoinGroupResponse? _joined;
    private Dictionary<string, int>? _ledPartitions;
    private IReadOnlyDictionary<string, AssignableTopic>? _topicsToLead;

    public ClassicMembership(GroupMembershipSettings settings, IReadOnlyList<ConsumerAssignor> assignors)
        : base(settings)
    {
        _assignors = assignors;
        _isCooperative = assignors.All(assignor => assignor.Protocol == RebalanceProtocol.Cooperative);
    }

    private enum State
    {
        /// <summary>Wants no topics, or was put out for being idle.</summary>
        Idle,

        /// <summary>Has to join, after what must be given up before.</summary>
        Joining,

        /// <summary>Leads a generation and waits for what it has to share out.</summary>
        Leading,

        /// <summary>Has to synchronize.</summary>
        Syncing,

        /// <summary>In the group; heartbeats.</summary>
        Stable,
    }

    public override int GenerationId => _generation;

    public override bool IsMember => _generation != NoGeneration && _state is State.Stable or State.Joining && MemberId.Length > 0;

    public override bool KeepsWhileJoining => _isCooperative && _generation != NoGeneration && _state is State.Joining or State.Leading or State.Syncing && OwnedPartitions.Count > 0;

    public override bool IsStable => _state == State.Stable && !IsChanging && !_rejoin;

    /// <summary>Sets the topics; members of a pattern call it when the topics change that match it.</summary>
    public void Subscribe(IReadOnlyList<string> topics)
    {
        if (_topics.Count > 0 && _topics.ToHashSet().SetEquals(topics))
        {
            return;
        }

        _topics = topics;
        Rejoin("the subscription changed");
    }

    /// <summary>Asks for a rebalance (`enforceRebalance`).</summary>
    public void Rejoin(string reason)
    {
        _reason = reason;
        if (_state == State.Idle)
        {
            _state = State.Joining;
        }
        else
        {
            _rejoin = true;
        }
    }

    /// <summary>
    /// Tells the partitions of topics: what <see cref="GroupStepKind.LookUpTopics"/> asked for, or what changed since. A leader whose topics have
    /// another number of partitions now has the group come together again.
    /// </summary>
    public void OnTopics(IReadOnlyDictionary<string, AssignableTopic> topics)
    {
        if (_state == State.Leading)
        {
            _topicsToLead = topics;
        }
        else if (_ledPartitions is { } led && led.Any(entry => entry.Value != (topics.TryGetValue(entry.Key, out var topic) ? topic.PartitionCount : 0)))
        {
            _ledPartitions = null;
            Rejoin("the partitions of a topic changed");
        }
    }

    /// <summary>The topics of the generation that this member leads, whose partitions it has to watch; none when it does not lead.</summary>
    public IReadOnlyCollection<string> LedTopics => _ledPartitions is null ? [] : _ledPartitions.Keys;

    protected override GroupStep NextOf(long nowMs)
    {
        if (IsLeaving || IsIdledOut)
        {
            return NextOfLeaving(nowMs);
        }

        if (_state == State.Stable && _rejoin && !IsChanging)
        {
            _state = State.Joining;
        }

        return _state switch
        {
            State.Joining => NextOfJoining(nowMs),
            State.Leading => NextOfLeading(),
            State.Syncing => GroupStep.Send(BuildSync()),
            State.Stable => NextOfMember(nowMs),
            _ => GroupStep.Wait(Never),
        };
    }

    protected override void HandleNoAnswer(long nowMs)
    {
        if (_state is State.Leading or State.Syncing)
        {
            // Whether the coordinator heard it is not known: the group comes together again.
            _state = State.Joining;
        }
        else if (_saysGoodbye)
        {
            // It was heard or not: the session's time-out does the rest.
            Forget();
            HasLeft = IsLeaving;
        }
    }

    protected override void HandleRebalanced(GroupRebalance change, long nowMs)
    {
        if (_state == State.Stable && change.Revoked.Count > 0 && change.IsAssignment)
        {
            Rejoin("partitions were given up that others shall have");
        }
    }

    private GroupStep NextOfLeaving(long nowMs)
    {
        if (IsChanging)
        {
            return NextOfMember(nowMs);
        }

        if (OwnedPartitions.Count > 0)
        {
            Tell(IsLeaving ? new GroupRebalance { Revoked = [.. OwnedPartitions] } : new GroupRebalance { Lost = [.. OwnedPartitions] });
            return Next(nowMs);
        }

        var sends = MemberId.Length > 0 && (IsLeaving ? SendsLeave : Settings.GroupInstanceId is null);
        if (sends)
        {
            _saysGoodbye = true;
            return GroupStep.Send(BuildLeave());
        }

        Forget();
        HasLeft = IsLeaving;
        return HasLeft ? GroupStep.End() : GroupStep.Wait(Never);
    }

    private GroupStep NextOfJoining(long nowMs)
    {
        if (IsChanging)
        {
            return NextOfMember(nowMs);
        }

        if (_topics.Count == 0 && OwnedPartitions.Count == 0)
        {
            return GroupStep.Wait(Never);
        }

        if (!_isCooperative && OwnedPartitions.Count > 0)
        {
            Tell(new GroupRebalance { Revoked = [.. OwnedPartitions] });
            return Next(nowMs);
        }

        var unwanted = OwnedPartitions.Where(partition => !_topics.Contains(partition.Topic.Value)).ToList();
        if (unwanted.Count > 0)
        {
            Tell(new GroupRebalance { Revoked = unwanted });
            return Next(nowMs);
        }

        _rejoin = false;
        return GroupStep.Send(BuildJoin());
    }

    private GroupStep NextOfMember(long nowMs)
    {
        if (!IsMember || _heartbeatAtMs > nowMs)
        {
            return GroupStep.Wait(IsMember ? _heartbeatAtMs : Never);
        }

        return GroupStep.Send(new HeartbeatRequest
        {
            GroupId = Settings.GroupId,
            GenerationId = _generation,
            MemberId = MemberId,
            GroupInstanceId = Settings.GroupInstanceId,
        });
    }

    private GroupStep NextOfLeading()
    {
        var members = _joined!.Members.ConvertAll(member =>
            ConsumerProtocolFormat.ReadSubscription(member.MemberId, member.GroupInstanceId, member.Metadata));
        if (_topicsToLead is null)
        {
            return GroupStep.LookUp(members.SelectMany(member => member.Topics).ToHashSet());
        }

        var topics = _topicsToLead;
        _topicsToLead = null;
        _ledPartitions = members.SelectMany(member => member.Topics).Distinct()
            .ToDictionary(name => name, name => topics.TryGetValue(name, out var topic) ? topic.PartitionCount : 0);
        var subscribed = topics.Where(topic => _ledPartitions.ContainsKey(topic.Key) && topic.Value.PartitionCount > 0).ToDictionary();
        var assignment = Assignor(_joined.ProtocolName).Assign(subscribed, members);
        var sync = BuildSync();
        foreach (var (member, partitions) in assignment)
        {
            sync.Assignments.Add(new SyncGroupRequest.SyncGroupRequestAssignment
            {
                MemberId = member,
                Assignment = ConsumerProtocolFormat.WriteAssignment(partitions),
            });
        }

        _state = State.Syncing;
        return GroupStep.Send(sync);
    }

    private ConsumerAssignor Assignor(string? name) => _assignors.First(assignor => assignor.Name == name);

    /// <summary>Forgets the place in the group, not what the application has.</summary>
    private void Forget()
    {
        MemberId = "";
        _saysGoodbye = false;
        _generation = NoGeneration;
        _heartbeatAtMs = Never;
        _ledPartitions = null;
        _state = State.Joining;
    }
}
