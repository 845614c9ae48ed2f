using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// The sticky assignment where members want different topics: they keep what they had, what is left goes to the member with the least, and then partitions
/// are moved, those with the fewest takers first, as long as that makes the assignment more even.
/// </summary>
internal sealed partial class GeneralStickyAssignment
{
    private readonly IReadOnlyDictionary<string, AssignableTopic> _topics;
    private readonly RackTable _racks;
    private readonly Dictionary<string, List<string>> _takers = [];
    private readonly Dictionary<string, HashSet<string>> _wanted = [];
    private readonly Dictionary<TopicPartition, string> _owner = [];
    private readonly SortedSet<string> _bySize;
    private readonly PartitionMovements _movements = new();
    private Dictionary<string, List<TopicPartition>> _assignment;
    private bool _revocationRequired;

    public GeneralStickyAssignment(
        IReadOnlyDictionary<string, AssignableTopic> topics,
        List<MemberSubscription> members,
        Dictionary<string, List<TopicPartition>> owned,
        RackTable racks)
    {
        _topics = topics;
        _racks = racks;
        _assignment = owned;
        foreach (var topic in topics.Keys)
        {
            _takers.Add(topic, []);
        }

        foreach (var member in members)
        {
            var wanted = member.Topics.Where(topics.ContainsKey).ToHashSet();
            _wanted.Add(member.MemberId, wanted);
            foreach (var topic in wanted)
            {
                _takers[topic].Add(member.MemberId);
            }
        }

        _bySize = new SortedSet<string>(Comparer<string>.Create(CompareBySize));
    }

    /// <summary>Shares out; <paramref name="histories"/> are of the members in their order.</summary>
    public Dictionary<string, List<TopicPartition>> Build(List<MemberHistory> histories, int generationMax)
    {
        var before = FindEarlierOwners(histories, generationMax);
        var kept = KeepOwned();
        var all = AllPartitions();
        var unassigned = all.FindAll(partition => !kept.Contains(partition));
        _bySize.UnionWith(_assignment.Keys);
        Balance(before, all, unassigned);
        return _assignment;
    }

    private int CompareBySize(string left, string right)
    {
        var difference = _assignment[left].Count - _assignment[right].Count;
        return difference != 0 ? difference : string.CompareOrdinal(left, right);
    }

    /// <summary>Whoever had a partition in a generation before the last one: it may get it back.</summary>
    private Dictionary<TopicPartition, (string Member, int Generation)> FindEarlierOwners(List<MemberHistory> histories, int generationMax)
    {
        var before = new Dictionary<TopicPartition, (string Member, int Generation)>();
        var members = _wanted.Keys.ToList();
        for (var i = 0; i < histories.Count; i++)
        {
            var generation = histories[i].Generation ?? StickyAssignorBase.NoGeneration;
            if (generation >= generationMax)
            {
                continue;
            }

            foreach (var partition in histories[i].Partitions)
            {
                if (!before.TryGetValue(partition, out var other) || generation > other.Generation)
                {
                    before[partition] = (members[i], generation);
                }
            }
        }

        return before;
    }

    /// <summary>Takes from the members what they may not keep.</summary>
    private HashSet<TopicPartition> KeepOwned()
    {
        var kept = new HashSet<TopicPartition>();
        foreach (var (member, owned) in _assignment)
        {
            owned.RemoveAll(partition =>
            {
                if (partition.Partition >= _topics[partition.Topic].PartitionCount)
                {
                    return true;
                }

                var stale = !_wanted[member].Contains(partition.Topic) || _racks.Mismatch(member, partition);
                _revocationRequired |= stale;
                _owner[partition] = member;
                return stale;
            });
            kept.UnionWith(owned);
        }

        return kept;
    }

    /// <summary>All partitions, those of topics with the fewest takers first.</summary>
    private List<TopicPartition> AllPartitions()
    {
        var all = new List<TopicPartition>();
        foreach (var topic in _topics.Values.OrderBy(topic => _takers[topic.Name].Count).ThenBy(topic => topic.Name, StringComparer.Ordinal))
        {
            for (var i = 0; i < topic.PartitionCount; i++)
            {
                all.Add(new TopicPartition(topic.Name, i));
            }
        }

        return all;
    }

    private void Balance(
        Dictionary<TopicPartition, (string Member, int Generation)> before, List<TopicPartition> all, List<TopicPartition> unassigned)
    {
        var initializing = _assignment[_bySize.Max!].Count == 0;
        var rest = unassigned;
        if (_racks.Matter)
        {
            rest = unassigned.FindAll(partition => !AssignToSmallest(partition, matchRacks: true));
        }

        rest.ForEach(partition => AssignToSmallest(partition, matchRacks: false));

        bool IsFixed(TopicPartition partition) => _takers[partition.Topic].Count < 2;
        all.RemoveAll(IsFixed);
        unassigned.RemoveAll(IsFixed);
        var fixedMembers = _wanted.Keys.Where(member => !CanTakePart(member)).ToDictionary(member => member, member => _assignment[member]);
        foreach (var member in fixedMembers.Keys)
        {
            _bySize.Remove(member);
            _assignment.Remove(member);
        }

        var copy = _assignment.ToDictionary(entry => entry.Key, entry => entry.Value.ToList());
        if (!_revocationRequired)
        {
            Improve(unassigned, before);
        }

        if (Improve(all, before) && !initializing && Unevenness(_assignment) >= Unevenness(copy))
        {
            _assignment = copy;
        }

        foreach (var (member, partitions) in fixedMembers)
        {
            _assignment.Add(member, partitions);
        }
    }

    private bool AssignToSmallest(TopicPartition partition, bool matchRacks)
    {
        foreach (var member in _bySize)
        {
            if (_wanted[member].Contains(partition.Topic) && !(matchRacks && _racks.Mismatch(member, partition)))
            {
                _bySize.Remove(member);
                _assignment[member].Add(partition);
                _owner[partition] = member;
                _bySize.Add(member);
                return true;
            }
        }

        return false;
    }

    private bool CanTakePart(string member) =>
        _assignment[member].Count < PartitionsWanted(member) || _assignment[member].Exists(partition => _takers[partition.Topic].Count >= 2);

    private int PartitionsWanted(string member) => _wanted[member].Sum(topic => _topics[topic].PartitionCount);

    private static int Unevenness(Dictionary<string, List<TopicPartition>> assignment)
    {
        var sizes = assignment.Values.Select(partitions => partitions.Count).ToList();
        var sum = 0;
        for (var i = 0; i < sizes.Count; i++)
        {
            for (var j = i + 1; j < sizes.Count; j++)
            {
                sum += Math.Abs(sizes[i] - sizes[j]);
            }
        }

        return sum;
    }
}
