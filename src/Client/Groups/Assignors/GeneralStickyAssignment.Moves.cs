using Moldau.Core;

namespace Moldau.Client;

internal sealed partial class GeneralStickyAssignment
{
    /// <summary>Moves partitions until all is even or no move makes it more so; true when any was moved.</summary>
    private bool Improve(List<TopicPartition> partitions, Dictionary<TopicPartition, (string Member, int Generation)> before)
    {
        var moved = false;
        bool again;
        do
        {
            again = false;
            foreach (var partition in partitions)
            {
                if (IsBalanced())
                {
                    break;
                }

                again |= MoveIfBetter(partition, before);
            }

            moved |= again;
        }
        while (again);
        return moved;
    }

    private bool MoveIfBetter(TopicPartition partition, Dictionary<TopicPartition, (string Member, int Generation)> before)
    {
        var size = _assignment[_owner[partition]].Count;
        if (before.TryGetValue(partition, out var earlier)
            && _wanted[earlier.Member].Contains(partition.Topic)
            && _assignment.TryGetValue(earlier.Member, out var assigned)
            && size > assigned.Count + 1)
        {
            Move(partition, earlier.Member);
            return true;
        }

        // Whoever would gain from it, the one with the least gets it.
        if (!_takers[partition.Topic].Exists(taker => size > _assignment[taker].Count + 1))
        {
            return false;
        }

        foreach (var member in _bySize)
        {
            if (_wanted[member].Contains(partition.Topic))
            {
                Move(partition, member);
                return true;
            }
        }

        return false;
    }

    private void Move(TopicPartition wanted, string to)
    {
        var partition = _movements.PartitionToMove(wanted, _owner[wanted], to);
        var from = _owner[partition];
        _bySize.Remove(from);
        _bySize.Remove(to);
        _movements.Add(partition, from, to);
        _assignment[from].Remove(partition);
        _assignment[to].Add(partition);
        _owner[partition] = to;
        _bySize.Add(to);
        _bySize.Add(from);
    }

    /// <summary>Whether no member could get a partition from one that has at least two more.</summary>
    private bool IsBalanced()
    {
        if (_assignment[_bySize.Min!].Count >= _assignment[_bySize.Max!].Count - 1)
        {
            return true;
        }

        foreach (var member in _bySize)
        {
            var count = _assignment[member].Count;
            if (count == PartitionsWanted(member))
            {
                continue;
            }

            foreach (var topic in _wanted[member])
            {
                for (var i = 0; i < _topics[topic].PartitionCount; i++)
                {
                    var owner = _owner[new TopicPartition(topic, i)];
                    if (owner != member && count + 1 < _assignment[owner].Count)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
