namespace Moldau.Coordination;

/// <summary>
/// Picks subscribers of one topic by their load: a range of the least loaded grows from one end of the sorted list, a range of the most loaded from the
/// other, and members that have nothing to give are put out of the latter. The sizes are the caller's and change as it moves partitions: a range is
/// only compared with members outside of it, whose sizes have not changed since <see cref="Begin"/>. Used by one thread.
/// </summary>
internal sealed class MemberBalancer(int[] sizes)
{
    private readonly List<int> _sorted = new(sizes.Length);
    private int _leastEnd;
    private int _leastLevel;
    private int _nextLeast;
    private int _mostStart;
    private int _mostEnd;
    private int _mostLevel;
    private int _nextMost;

    /// <summary>Whether the loads of the two ranges differ by one at the most.</summary>
    public bool IsBalanced => _mostLevel - _leastLevel <= 1;

    /// <summary>Begins anew with the subscribers of a topic, at least one; returns the difference between the most and the least loaded.</summary>
    public int Begin(List<int> members)
    {
        _sorted.Clear();
        _sorted.AddRange(members);
        _sorted.Sort((left, right) => sizes[left] != sizes[right] ? sizes[left].CompareTo(sizes[right]) : left.CompareTo(right));
        _leastEnd = 0;
        _leastLevel = sizes[_sorted[0]] - 1;
        _nextLeast = 0;
        _mostStart = _mostEnd = _sorted.Count;
        _mostLevel = sizes[_sorted[^1]] + 1;
        _nextMost = _sorted.Count - 1;
        return sizes[_sorted[^1]] - sizes[_sorted[0]];
    }

    /// <summary>The member to give the next partition to.</summary>
    public int NextLeastLoaded()
    {
        if (_nextLeast >= _leastEnd)
        {
            _leastLevel++;
            while (_leastEnd < _sorted.Count && sizes[_sorted[_leastEnd]] == _leastLevel)
            {
                _leastEnd++;
            }

            _nextLeast = 0;
        }

        return _sorted[_nextLeast++];
    }

    /// <summary>The member to take the next partition from; -1 when none is left.</summary>
    public int NextMostLoaded()
    {
        if (_nextMost < _mostStart)
        {
            // All of the range may have been excluded: then it must begin at the level of the next, or a member outside of it would be returned.
            _mostLevel = _mostEnd <= _mostStart && _mostStart > 0 ? sizes[_sorted[_mostStart - 1]] : _mostLevel - 1;
            while (_mostStart > 0 && sizes[_sorted[_mostStart - 1]] == _mostLevel)
            {
                _mostStart--;
            }

            _nextMost = _mostEnd - 1;
        }

        return _nextMost < 0 ? -1 : _sorted[_nextMost--];
    }

    /// <summary>Puts the member that <see cref="NextMostLoaded"/> returned last out of the range: it has nothing to give.</summary>
    public void ExcludeMostLoaded()
    {
        (_sorted[_nextMost + 1], _sorted[_mostEnd - 1]) = (_sorted[_mostEnd - 1], _sorted[_nextMost + 1]);
        _mostEnd--;
    }
}
