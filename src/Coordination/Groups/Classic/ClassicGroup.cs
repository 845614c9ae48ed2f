using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

/// <summary>
/// A group whose members join, get the leader's assignment, and join again for each change (the protocol before KIP-848). Who is in it and what it waits for is memory only; a generation
/// is in the log once its leader has assigned. For the shard's thread alone.
/// </summary>
public sealed partial class ClassicGroup : Group
{
    private readonly TimeProvider _time;
    private readonly Dictionary<string, ClassicGroupMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _staticMembers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pendingJoin = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pendingSync = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _supportedProtocols = new(StringComparer.Ordinal);

    /// <summary>A new group without members.</summary>
    public ClassicGroup(GroupId id, TimeProvider time)
        : this(id, time, ClassicGroupState.Empty, 0, null, null, null, time.GetUtcNow().ToUnixTimeMilliseconds())
    {
    }

    /// <summary>A group as its record, or a group of another type that becomes this one, says.</summary>
    public ClassicGroup(GroupId id, TimeProvider time, ClassicGroupState state, int generation, string? protocolType, string? protocolName, string? leaderId, long? stateSinceMs)
        : base(id)
    {
        _time = time;
        State = state;
        Generation = generation;
        ProtocolType = protocolType;
        ProtocolName = protocolName;
        LeaderId = leaderId;
        StateSinceMs = stateSinceMs;
    }

    public override GroupType Type => GroupType.Classic;

    public ClassicGroupState State { get; private set; }

    public ClassicGroupState PreviousState { get; private set; } = ClassicGroupState.Dead;

    /// <summary>Since when it is in its state, in ms since the epoch; null for groups of old records.</summary>
    public long? StateSinceMs { get; private set; }

    /// <summary>How many rebalances it has had.</summary>
    public int Generation { get; private set; }

    /// <summary>"consumer" for consumers; null before the first member and for groups that only keep offsets.</summary>
    public string? ProtocolType { get; private set; }

    /// <summary>What all members support and most prefer; null without members.</summary>
    public string? ProtocolName { get; set; }

    /// <summary>The member that assigns.</summary>
    public string? LeaderId { get; private set; }

    /// <summary>What consumers want; null where that is not known.</summary>
    public IReadOnlySet<string>? SubscribedTopics { get; private set; }

    public IReadOnlyCollection<ClassicGroupMember> Members => _members.Values;

    public int MemberCount => _members.Count;

    public int StaticMemberCount => _staticMembers.Count;

    /// <summary>Members whose JoinGroup waits.</summary>
    public int AwaitingJoinCount { get; private set; }

    /// <summary>Members that were given an id and have not joined with it yet.</summary>
    public int PendingJoinCount => _pendingJoin.Count;

    /// <summary>Somebody has joined since the first rebalance was delayed last: it may be delayed further.</summary>
    public bool NewMemberAdded { get; set; }

    public override bool IsEmpty => State == ClassicGroupState.Empty;

    /// <summary>It keeps offsets and has never had members: nothing but its offsets is in the log.</summary>
    public bool IsSimple => ProtocolType is null && IsEmpty && _pendingJoin.Count == 0;

    public bool UsesConsumerProtocol => ProtocolType == ConsumerProtocolType;

    public bool CanRebalance => State is ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance or ClassicGroupState.Empty;

    public bool HasAllMembersJoined => _members.Count == AwaitingJoinCount && _pendingJoin.Count == 0;

    public bool HasReceivedAllSyncs => _pendingSync.Count == 0;

    public IReadOnlyCollection<string> PendingSyncMembers => _pendingSync;

    /// <summary>The longest time that a member wants for a rebalance.</summary>
    public int RebalanceTimeoutMs
    {
        get
        {
            var longest = 0;
            foreach (var member in _members.Values)
            {
                longest = Math.Max(longest, member.RebalanceTimeoutMs);
            }

            return longest;
        }
    }

    /// <summary>The protocol type of consumers.</summary>
    public const string ConsumerProtocolType = "consumer";

    public ClassicGroupMember? Member(string memberId) => _members.GetValueOrDefault(memberId);

    public string? StaticMemberId(string instanceId) => _staticMembers.GetValueOrDefault(instanceId);

    public bool IsPending(string memberId) => _pendingJoin.Contains(memberId);

    public bool IsLeader(string memberId) => LeaderId == memberId;

    public override bool HasMember(string memberId) => _members.ContainsKey(memberId);

    public override string StateName(long committedOffset) => State.ToString();

    public override ListGroupsResponse.ListedGroup Listed(long committedOffset) => new()
    {
        GroupId = Id,
        ProtocolType = ProtocolType ?? "",
        GroupState = State.ToString(),
        GroupType = GroupTypes.NameOf(GroupType.Classic),
    };

    public override bool IsSubscribedTo(TopicName topic) => SubscribedTopics?.Contains(topic.Value) ?? UsesConsumerProtocol;

    public override void AddTombstones(List<CoordinatorRecord> records) => records.Add(GroupRecords.ClassicGroupTombstone(Id));

    public override OffsetExpiration? OffsetExpiration()
    {
        if (ProtocolType is null)
        {
            return static offset => offset.CommitTimestampMs;
        }

        if (State == ClassicGroupState.Empty)
        {
            var since = StateSinceMs;
            return offset => since ?? offset.CommitTimestampMs;
        }

        return UsesConsumerProtocol && SubscribedTopics is not null && State == ClassicGroupState.Stable ? static offset => offset.CommitTimestampMs : null;
    }

    /// <summary>Changes the state, as the protocol allows.</summary>
    public void MoveTo(ClassicGroupState state)
    {
        Invariant.That(CanMove(State, state));
        PreviousState = State;
        State = state;
        StateSinceMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private static bool CanMove(ClassicGroupState from, ClassicGroupState to) => to switch
    {
        ClassicGroupState.Empty => from == ClassicGroupState.PreparingRebalance,
        ClassicGroupState.PreparingRebalance => from is ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance or ClassicGroupState.Empty,
        ClassicGroupState.CompletingRebalance => from == ClassicGroupState.PreparingRebalance,
        ClassicGroupState.Stable => from == ClassicGroupState.CompletingRebalance,
        _ => true,
    };
}
