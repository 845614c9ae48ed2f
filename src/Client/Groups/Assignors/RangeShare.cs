using Moldau.Core;

namespace Moldau.Client;

/// <summary>How far one topic has been shared out by <see cref="RangeAssignor"/>: what is left, and how much each member still may have.</summary>
internal sealed class RangeShare
{
    private readonly AssignableTopic _topic;
    private readonly Dictionary<string, List<TopicPartition>> _assignment;
    private readonly SortedSet<int> _unassigned;
    private readonly Dictionary<string, int> _given;
    private readonly int _partitionsPerMember;
    private int _membersWithOneMore;

    public RangeShare(AssignableTopic topic, List<MemberSubscription> members, Dictionary<string, List<TopicPartition>> assignment)
    {
        _topic = topic;
        _assignment = assignment;
        Members = members;
        _unassigned = [.. Enumerable.Range(0, topic.PartitionCount)];
        _given = members.ToDictionary(member => member.MemberId, _ => 0);
        _partitionsPerMember = members.Count == 0 ? 0 : topic.PartitionCount / members.Count;
        _membersWithOneMore = members.Count == 0 ? 0 : topic.PartitionCount % members.Count;

        var memberRacks = members.Where(member => !string.IsNullOrEmpty(member.RackId)).Select(member => member.RackId!).ToHashSet();
        RackedPartitionCount = memberRacks.Count == 0 ? 0 : topic.PartitionCount;
        NeedsRacks = RackRules.RacksMatter(memberRacks, topic.ReplicaRacks);
        MembersKey = string.Join('\0', members.Select(member => member.MemberId + '\u0001' + member.RackId));
    }

    /// <summary>Those that want the topic, in the order in which they are served.</summary>
    public IReadOnlyList<MemberSubscription> Members { get; }

    /// <summary>Equal for topics that the same members want.</summary>
    public string MembersKey { get; }

    /// <summary>The number of partitions, or 0 when no member has a rack.</summary>
    public int RackedPartitionCount { get; }

    /// <summary>Whether racks can make a difference.</summary>
    public bool NeedsRacks { get; }

    public bool RacksMatch(MemberSubscription member, int partition) =>
        string.IsNullOrEmpty(member.RackId) || (RackedPartitionCount > 0 && _topic.ReplicaRacks[partition].Contains(member.RackId));

    /// <summary>How many partitions the member may still be given.</summary>
    public int Room(MemberSubscription member) =>
        Math.Max(0, _partitionsPerMember + (_membersWithOneMore > 0 ? 1 : 0) - _given[member.MemberId]);

    public void Give(MemberSubscription member, int partition) => Give(member, [partition]);

    /// <summary>Gives each member the lowest partitions that are left, up to its share, of its rack only when <paramref name="matchRacks"/> is set.</summary>
    public void AssignRanges(bool matchRacks)
    {
        foreach (var member in Members)
        {
            if (_unassigned.Count == 0)
            {
                break;
            }

            Give(member, [.. _unassigned.Where(partition => !matchRacks || RacksMatch(member, partition)).Take(Room(member))]);
        }
    }

    private void Give(MemberSubscription member, List<int> partitions)
    {
        if (partitions.Count == 0)
        {
            return;
        }

        foreach (var partition in partitions)
        {
            _unassigned.Remove(partition);
            _assignment[member.MemberId].Add(new TopicPartition(_topic.Name, partition));
        }

        _given[member.MemberId] += partitions.Count;
        if (_given[member.MemberId] > _partitionsPerMember)
        {
            _membersWithOneMore--;
        }
    }
}
