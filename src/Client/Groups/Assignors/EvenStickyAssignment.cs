using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// The sticky assignment where all members want the same topics: each gets the quotient of partitions and members, some one more. Members keep what they
/// had up to that; what is left is dealt out, first within racks when these matter.
/// </summary>
internal sealed class EvenStickyAssignment
{
    private readonly IReadOnlyDictionary<string, AssignableTopic> _topics;
    private readonly List<MemberSubscription> _members;
    private readonly PreviousOwners _owners;
    private readonly RackTable _racks;
    private readonly int _quotaMin;
    private readonly int _quotaMax;
    private readonly int _overMinExpected;
    private readonly Dictionary<string, List<TopicPartition>> _assignment;
    private readonly HashSet<TopicPartition> _kept = [];
    private readonly Dictionary<TopicPartition, string> _maybeRevoked = [];

    /// <summary>Members below the lower quota, and members at it that may get one more.</summary>
    private readonly List<string> _belowMin = [];
    private readonly List<string> _atMin = [];
    private int _overMin;
    private int _nextBelowMin;

    public EvenStickyAssignment(
        IReadOnlyDictionary<string, AssignableTopic> topics, List<MemberSubscription> members, PreviousOwners owners, RackTable racks)
    {
        _topics = topics;
        _members = members;
        _owners = owners;
        _racks = racks;
        var partitions = topics.Values.Sum(topic => topic.PartitionCount);
        (_quotaMin, _overMinExpected) = Math.DivRem(partitions, members.Count);
        _quotaMax = _quotaMin + (_overMinExpected > 0 ? 1 : 0);
        _assignment = members.ToDictionary(member => member.MemberId, _ => new List<TopicPartition>(_quotaMax));
    }

    /// <summary>Partitions that others had, and who has them now.</summary>
    public Dictionary<TopicPartition, string> Transferring { get; } = [];

    public Dictionary<string, List<TopicPartition>> Build()
    {
        foreach (var member in _members)
        {
            Keep(member.MemberId);
        }

        _belowMin.Sort(string.CompareOrdinal);
        _atMin.Sort(string.CompareOrdinal);
        var unassigned = _racks.SortByMembersNear(Unassigned());
        if (_racks.Matter)
        {
            unassigned.RemoveAll(AssignNear);
        }

        DealOut(unassigned);
        return _assignment;
    }

    /// <summary>Lets a member keep what it had, up to its quota.</summary>
    private void Keep(string member)
    {
        var owned = new List<TopicPartition>();
        foreach (var partition in _owners.Owned[member])
        {
            if (_racks.Mismatch(member, partition))
            {
                _maybeRevoked[partition] = member;
            }
            else if (!_owners.Contested.Contains(partition) && partition.Partition < _topics[partition.Topic].PartitionCount)
            {
                owned.Add(partition);
            }
        }

        owned.Sort((a, b) => a.Partition != b.Partition ? a.Partition.CompareTo(b.Partition) : a.Topic.CompareTo(b.Topic));
        var keep = owned.Count;
        if (owned.Count < _quotaMin)
        {
            _belowMin.Add(member);
        }
        else if (owned.Count >= _quotaMax && _overMin < _overMinExpected)
        {
            keep = _quotaMax;
            if (++_overMin == _overMinExpected)
            {
                _atMin.Clear();
            }
        }
        else
        {
            keep = _quotaMin;
            if (_overMin < _overMinExpected)
            {
                _atMin.Add(member);
            }
        }

        for (var i = 0; i < owned.Count; i++)
        {
            if (i < keep)
            {
                _assignment[member].Add(owned[i]);
                _kept.Add(owned[i]);
            }
            else
            {
                _maybeRevoked[owned[i]] = member;
            }
        }
    }

    private List<TopicPartition> Unassigned()
    {
        var unassigned = new List<TopicPartition>();
        foreach (var topic in _topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            for (var i = 0; i < topic.PartitionCount; i++)
            {
                var partition = new TopicPartition(topic.Name, i);
                if (!_kept.Contains(partition))
                {
                    unassigned.Add(partition);
                }
            }
        }

        return unassigned;
    }

    /// <summary>Gives a partition to a member of its rack, if there is one with room.</summary>
    private bool AssignNear(TopicPartition partition)
    {
        var index = _racks.NextNear(partition, _belowMin, _nextBelowMin);
        if (index >= 0)
        {
            var member = _belowMin[index];
            var count = _assignment[member].Count + 1;
            if (count >= _quotaMin)
            {
                _belowMin.RemoveAt(index);
                if (count < _quotaMax && _overMin < _overMinExpected)
                {
                    _atMin.Add(member);
                }
            }
            else
            {
                index++;
            }

            _nextBelowMin = _belowMin.Count == 0 ? 0 : index % _belowMin.Count;
            Give(partition, member);
            return true;
        }

        index = _racks.NextNear(partition, _atMin, 0);
        if (index < 0)
        {
            return false;
        }

        var last = _atMin[index];
        if (_assignment[last].Count + 1 == _quotaMax)
        {
            _atMin.RemoveAt(index);
            if (++_overMin == _overMinExpected)
            {
                _atMin.Clear();
            }
        }

        Give(partition, last);
        return true;
    }

    /// <summary>Deals the rest to the members below the lower quota in turn, then one each to those at it.</summary>
    private void DealOut(List<TopicPartition> unassigned)
    {
        var next = 0;
        foreach (var partition in unassigned)
        {
            string member;
            var fromBelow = _belowMin.Count > 0;
            if (fromBelow)
            {
                next = next < _belowMin.Count ? next : 0;
                member = _belowMin[next];
            }
            else
            {
                Invariant.That(_atMin.Count > 0, "partitions are left when all members have their quota");
                member = _atMin[0];
                _atMin.RemoveAt(0);
            }

            Give(partition, member);
            var count = _assignment[member].Count;
            if (count == _quotaMin)
            {
                _belowMin.RemoveAt(next);
                _atMin.Add(member);
            }
            else
            {
                next += fromBelow ? 1 : 0;
                _overMin += count == _quotaMax ? 1 : 0;
            }
        }
    }

    private void Give(TopicPartition partition, string member)
    {
        _assignment[member].Add(partition);
        if ((_maybeRevoked.TryGetValue(partition, out var had) && had != member) || _owners.Contested.Contains(partition))
        {
            Transferring[partition] = member;
        }
    }
}
