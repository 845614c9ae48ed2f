using Moldau.Core;

namespace Moldau.Client;

/// <summary>Where members and replicas are, as far as it makes a difference to an assignment.</summary>
internal sealed class RackTable
{
    private readonly IReadOnlyDictionary<string, AssignableTopic> _topics;
    private readonly Dictionary<string, string> _memberRacks = [];
    private readonly Dictionary<string, int> _membersInRack = [];

    public RackTable(IReadOnlyDictionary<string, AssignableTopic> topics, IReadOnlyList<MemberSubscription> members)
    {
        _topics = topics;
        foreach (var member in members)
        {
            if (!string.IsNullOrEmpty(member.RackId))
            {
                _membersInRack[member.RackId] = _membersInRack.GetValueOrDefault(member.RackId) + 1;
            }
        }

        if (!RackRules.RacksMatter(_membersInRack.Keys.ToHashSet(), [.. topics.Values.SelectMany(topic => topic.ReplicaRacks)]))
        {
            return;
        }

        Matter = true;
        foreach (var member in members)
        {
            if (!string.IsNullOrEmpty(member.RackId))
            {
                _memberRacks.Add(member.MemberId, member.RackId);
            }
        }
    }

    /// <summary>Whether racks make a difference.</summary>
    public bool Matter { get; }

    /// <summary>Whether the member is in a rack without a replica of the partition.</summary>
    public bool Mismatch(string member, TopicPartition partition) =>
        _memberRacks.TryGetValue(member, out var rack) && !RacksOf(partition).Contains(rack);

    /// <summary>Whether the member is known to be in a rack that has a replica of the partition.</summary>
    public bool IsNear(string member, TopicPartition partition) =>
        _memberRacks.TryGetValue(member, out var rack) && RacksOf(partition).Contains(rack);

    /// <summary>Puts partitions that few members are near to before others, also where racks make no difference otherwise.</summary>
    public List<TopicPartition> SortByMembersNear(List<TopicPartition> partitions) =>
        _membersInRack.Count == 0
            ? partitions
            : [.. partitions.OrderBy(partition => RacksOf(partition).Sum(rack => _membersInRack.GetValueOrDefault(rack)))];

    /// <summary>The first member, from one place of the list round to it again, that is near the partition; -1 when there is none.</summary>
    public int NextNear(TopicPartition partition, List<string> members, int firstIndex)
    {
        for (var i = 0; Matter && i < members.Count; i++)
        {
            var index = (firstIndex + i) % members.Count;
            if (IsNear(members[index], partition))
            {
                return index;
            }
        }

        return -1;
    }

    private IReadOnlySet<string> RacksOf(TopicPartition partition) =>
        _topics.TryGetValue(partition.Topic, out var topic) && partition.Partition < topic.PartitionCount
            ? topic.ReplicaRacks[partition.Partition]
            : AssignableTopic.NoRacks;
}
