using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// The state of a consumer group (KIP-848): its epoch, members, targets, and who has which partition. Replaying records changes it and nothing else does; all
/// of it can be read as of an offset and reverted. For the shard's thread alone.
/// </summary>
public sealed partial class ConsumerGroup(SnapshotRegistry registry, GroupId id) : Group(id)
{
    private readonly TimelineValue<int> _epoch = new(registry, 1);
    private readonly TimelineValue<long> _metadataHash = new(registry, GroupMetadataHash.Nothing);
    private readonly TimelineValue<TargetMetadata> _target = new(registry, TargetMetadata.Initial);
    private readonly TimelineValue<bool> _hasPartitionMetadataRecord = new(registry, false);
    private readonly TimelineValue<int> _classicMembers = new(registry, 0);
    private readonly TimelineDictionary<string, ConsumerGroupMember> _members = new(registry, StringComparer.Ordinal);
    private readonly TimelineDictionary<string, PartitionSet> _targets = new(registry, StringComparer.Ordinal);
    private readonly TimelineDictionary<string, string> _staticMembers = new(registry, StringComparer.Ordinal);
    private readonly TimelineDictionary<string, SubscriptionCount> _topics = new(registry, StringComparer.Ordinal);
    private readonly TimelineDictionary<string, int> _patternMembers = new(registry, StringComparer.Ordinal);
    private readonly TimelineDictionary<string, ResolvedPattern> _patterns = new(registry, StringComparer.Ordinal);
    private readonly TimelineDictionary<string, int> _serverAssignors = new(registry, StringComparer.Ordinal);
    private readonly TimelineDictionary<string, int> _classicProtocols = new(registry, StringComparer.Ordinal);
    private readonly TimelineDictionary<(Uuid Topic, int Partition), int> _partitionEpochs = new(registry);

    /// <summary>It grows with each change of what is to be assigned to whom.</summary>
    public int Epoch
    {
        get => _epoch.Value;
        set => _epoch.Value = value;
    }

    /// <summary>The hash of the topics when the epoch was last bumped.</summary>
    public long MetadataHash
    {
        get => _metadataHash.Value;
        set => _metadataHash.Value = value;
    }

    public TargetMetadata Target
    {
        get => _target.Value;
        set => _target.Value = value;
    }

    /// <summary>Whether a release before the hash left its record of the topics (KIP-1101).</summary>
    public bool HasPartitionMetadataRecord
    {
        get => _hasPartitionMetadataRecord.Value;
        set => _hasPartitionMetadataRecord.Value = value;
    }

    public int MemberCount => _members.Count;

    public int ClassicMemberCount => _classicMembers.Value;

    public override bool IsEmpty => _members.Count == 0;

    /// <summary>All members now, in the order of their ids.</summary>
    public IEnumerable<ConsumerGroupMember> Members => _members.Values.OrderBy(member => member.MemberId, StringComparer.Ordinal);

    /// <summary>The topics subscribed to now, by name or by a pattern.</summary>
    public IReadOnlyCollection<string> SubscribedTopics => _topics.Keys;

    /// <summary>The patterns that members have now.</summary>
    public IReadOnlyCollection<string> SubscribedPatterns => _patternMembers.Keys;

    /// <summary>The patterns whose topics are known, of members or just abandoned.</summary>
    public IReadOnlyCollection<string> ResolvedPatternTexts => _patterns.Keys;

    public bool HasTargets => _targets.Count > 0;

    public override bool HasMember(string memberId) => _members.ContainsKey(memberId);

    public ConsumerGroupMember? Member(string memberId) => _members.GetValueOrDefault(memberId);

    /// <summary>The member as of an offset.</summary>
    public ConsumerGroupMember? Member(string memberId, long offset) => _members.TryGetValue(memberId, offset, out var member) ? member : null;

    /// <summary>The id of the member that has the instance id; null when none has.</summary>
    public string? StaticMemberId(string? instanceId) => instanceId is null ? null : _staticMembers.GetValueOrDefault(instanceId);

    public ConsumerGroupMember? StaticMember(string? instanceId) => StaticMemberId(instanceId) is { } memberId ? Member(memberId) : null;

    public bool HasTarget(string memberId) => _targets.ContainsKey(memberId);

    public PartitionSet TargetOf(string memberId) => _targets.GetValueOrDefault(memberId) ?? PartitionSet.Empty;

    public ResolvedPattern? Resolved(string pattern) => _patterns.GetValueOrDefault(pattern);

    /// <summary>How many members have the pattern.</summary>
    public int PatternMemberCount(string pattern) => _patternMembers.GetValueOrDefault(pattern);

    /// <summary>When the patterns were looked up last, in milliseconds since the epoch; the least number when they never were.</summary>
    public long LastResolvedMs => _patterns.Count == 0 ? long.MinValue : _patterns.Values.First().TimestampMs;

    /// <summary>The offset of the metadata in which the patterns were looked up last; 0 when they never were.</summary>
    public long LastResolvedVersion => _patterns.Count == 0 ? 0 : _patterns.Values.First().Version;

    /// <summary>The epoch of the member that has the partition, or has still to give it up; -1 when nobody has it.</summary>
    public int PartitionEpoch(Uuid topic, int partition) => _partitionEpochs.TryGetValue((topic, partition), out var epoch) ? epoch : -1;

    /// <summary>Whether all members have reached the newest target; as of an offset.</summary>
    public ConsumerGroupState StateAt(long offset)
    {
        var targetEpoch = _target.At(offset).Epoch;
        var any = false;
        var isReconciled = true;
        foreach (var (_, member) in _members.At(offset))
        {
            any = true;
            isReconciled &= member.IsReconciledTo(targetEpoch);
        }

        return !any ? ConsumerGroupState.Empty
            : _epoch.At(offset) > targetEpoch ? ConsumerGroupState.Assigning
            : isReconciled ? ConsumerGroupState.Stable : ConsumerGroupState.Reconciling;
    }

    /// <summary>All members as of an offset, in the order of their ids.</summary>
    public IEnumerable<ConsumerGroupMember> MembersAt(long offset) =>
        _members.At(offset).Select(member => member.Value).OrderBy(member => member.MemberId, StringComparer.Ordinal);

    public int EpochAt(long offset) => _epoch.At(offset);

    public TargetMetadata TargetAt(long offset) => _target.At(offset);

    /// <summary>The target of a member as of an offset.</summary>
    public PartitionSet TargetAt(string memberId, long offset) => _targets.TryGetValue(memberId, offset, out var target) ? target : PartitionSet.Empty;

    /// <summary>The topics of the member's names and of its pattern, as far as that is resolved.</summary>
    public IEnumerable<string> TopicsOf(ConsumerGroupMember member) =>
        member.Regex is { } regex && Resolved(regex) is { Topics.IsEmpty: false } resolved
            ? resolved.Topics.Names.Union(member.SubscribedTopicNames.Names, StringComparer.Ordinal)
            : member.SubscribedTopicNames.Names;

    /// <summary>Whether a member of the classic protocol with these assignors may be among its members.</summary>
    public bool SupportsClassicProtocols(string protocolType, IReadOnlyCollection<string> protocols) =>
        protocolType == "consumer"
        && (IsEmpty ? protocols.Count > 0 : protocols.Any(name => _classicProtocols.GetValueOrDefault(name) == ClassicMemberCount));

    /// <summary>Whether only members of the classic protocol are left without these.</summary>
    public bool AllUseClassicProtocolWithout(IReadOnlyCollection<ConsumerGroupMember> leaving) =>
        ClassicMemberCount - leaving.Count(member => member.UsesClassicProtocol) == MemberCount - leaving.Count;

    /// <summary>Whether partitions of the member's target are still with others.</summary>
    public bool IsWaitingForPartitions(ConsumerGroupMember member)
    {
        if (member.State != MemberState.UnreleasedPartitions)
        {
            return false;
        }

        var target = TargetOf(member.MemberId);
        foreach (var topic in target.Topics)
        {
            foreach (var partition in target.Of(topic))
            {
                if (!member.AssignedPartitions.Partitions.Contains(topic, partition) && PartitionEpoch(topic, partition) != -1)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The assignor that most members ask for once <paramref name="before"/> is <paramref name="after"/>; null when none asks. Ties go to the first by name.</summary>
    public string? PreferredAssignor(ConsumerGroupMember? before, ConsumerGroupMember? after)
    {
        string? best = null;
        var most = 0;
        foreach (var name in _serverAssignors.Keys.Append(after?.ServerAssignor))
        {
            if (name is null)
            {
                continue;
            }

            var count = _serverAssignors.GetValueOrDefault(name) - (before?.ServerAssignor == name ? 1 : 0) + (after?.ServerAssignor == name ? 1 : 0);
            if (count > most || (count == most && count > 0 && string.CompareOrdinal(name, best) < 0))
            {
                (best, most) = (name, count);
            }
        }

        return best;
    }

    /// <summary>The assignor that most members ask for, as of an offset.</summary>
    public string? PreferredAssignorAt(long offset) =>
        _serverAssignors.At(offset).OrderByDescending(assignor => assignor.Value).ThenBy(assignor => assignor.Key, StringComparer.Ordinal)
            .Select(assignor => assignor.Key).FirstOrDefault();
}
