using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// One assignment of the uniform assignor where all members subscribe to the same topics: what exceeds a member's quota is taken from it, what nobody
/// has goes to the members below theirs. Built once, by one thread.
/// </summary>
internal sealed class UniformHomogeneousAssignment(GroupSpec group)
{
    private readonly HashSet<Uuid> _topics = [.. group.Members[0].Topics];
    private readonly List<(Uuid Topic, int Partition)> _unassigned = [];
    private readonly List<(string MemberId, int RemainingQuota)> _unfilled = [];
    private readonly Dictionary<string, PartitionSet> _targets = new(StringComparer.Ordinal);
    private int _quotaMin;
    private int _membersWithOneMore;

    public Dictionary<string, PartitionSet> Build()
    {
        if (_topics.Count == 0)
        {
            return _targets;
        }

        var assigned = new HashSet<(Uuid, int)>();
        foreach (var member in group.Members)
        {
            for (var i = 0; i < member.Assignment.Topics.Count; i++)
            {
                foreach (var partition in member.Assignment.At(i))
                {
                    assigned.Add((member.Assignment.Topics[i], partition));
                }
            }
        }

        var total = 0;
        foreach (var topic in group.Members[0].Topics)
        {
            var count = group.PartitionCount(topic);
            total += count;
            for (var partition = 0; partition < count; partition++)
            {
                if (!assigned.Contains((topic, partition)))
                {
                    _unassigned.Add((topic, partition));
                }
            }
        }

        _quotaMin = total / group.Members.Count;
        _membersWithOneMore = total % group.Members.Count;
        for (var i = 0; i < group.Members.Count; i++)
        {
            Revoke(group.Members[i], group.Members.Count - i);
        }

        AssignRemaining();
        return _targets;
    }

    /// <summary>Leaves the member at most its quota; a place for one more stays for those who come after while there are enough of them to fill it.</summary>
    private void Revoke(AssignorMember member, int membersLeft)
    {
        var mayHaveOneMore = _membersWithOneMore > 0;
        var quota = _quotaMin + (mayHaveOneMore ? 1 : 0);
        PartitionSetBuilder? changed = null;
        for (var i = 0; i < member.Assignment.Topics.Count; i++)
        {
            var topic = member.Assignment.Topics[i];
            var partitions = member.Assignment.At(i);
            if (!_topics.Contains(topic))
            {
                changed ??= new PartitionSetBuilder(member.Assignment);
                changed.RemoveTopic(topic);
                continue;
            }

            var kept = Math.Min(quota, partitions.Length);
            quota -= kept;
            foreach (var partition in partitions.AsSpan(kept))
            {
                changed ??= new PartitionSetBuilder(member.Assignment);
                changed.Remove(topic, partition);
                _unassigned.Add((topic, partition));
            }
        }

        if (quota > 0 && mayHaveOneMore && membersLeft > _membersWithOneMore)
        {
            quota--;
            mayHaveOneMore = false;
        }

        if (quota > 0)
        {
            _unfilled.Add((member.MemberId, quota));
        }

        if (mayHaveOneMore)
        {
            _membersWithOneMore--;
        }

        _targets[member.MemberId] = changed?.Build() ?? member.Assignment;
    }

    private void AssignRemaining()
    {
        var next = 0;
        foreach (var (memberId, remainingQuota) in _unfilled)
        {
            if (next == _unassigned.Count)
            {
                return;
            }

            var target = new PartitionSetBuilder(_targets[memberId]);
            for (var i = 0; i < remainingQuota && next < _unassigned.Count; i++)
            {
                var (topic, partition) = _unassigned[next++];
                target.Add(topic, partition);
            }

            _targets[memberId] = target.Build();
        }

        if (next < _unassigned.Count)
        {
            throw new PartitionAssignorException("Partitions were left unassigned");
        }
    }
}
