using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// One assignment of the uniform assignor where members subscribe to different topics. What a member no longer subscribes to is taken from it; what
/// nobody has goes to the least loaded subscriber; then partitions move from the most to the least loaded subscribers, topic by topic, until a round
/// moves none. Built once, by one thread.
/// </summary>
internal sealed class UniformHeterogeneousAssignment
{
    /// <summary>
    /// Rounds of balancing at the most. Where subscribers share all topics two are enough; where subscriptions overlap each about halves what is left.
    /// </summary>
    private const int RoundsMax = 16;

    private const int Nobody = -1;

    private readonly GroupSpec _group;
    private readonly Dictionary<Uuid, List<int>> _subscribers = [];
    private readonly Dictionary<Uuid, int[]> _owners = [];
    private readonly PartitionSetBuilder[] _targets;
    private readonly int[] _sizes;
    private readonly MemberBalancer _balancer;

    public UniformHeterogeneousAssignment(GroupSpec group)
    {
        _group = group;
        _sizes = new int[group.Members.Count];
        _targets = new PartitionSetBuilder[group.Members.Count];
        _balancer = new MemberBalancer(_sizes);
        for (var member = 0; member < group.Members.Count; member++)
        {
            foreach (var topic in group.Members[member].Topics)
            {
                if (!_subscribers.TryGetValue(topic, out var subscribers))
                {
                    _subscribers[topic] = subscribers = [];
                    var owners = new int[group.PartitionCount(topic)];
                    Array.Fill(owners, Nobody);
                    _owners[topic] = owners;
                }

                subscribers.Add(member);
            }
        }
    }

    public Dictionary<string, PartitionSet> Build()
    {
        var targets = new Dictionary<string, PartitionSet>(StringComparer.Ordinal);
        if (_subscribers.Count == 0)
        {
            return targets;
        }

        TakeOver();
        AssignRemaining();
        Balance();
        for (var member = 0; member < _targets.Length; member++)
        {
            targets[_group.Members[member].MemberId] = _targets[member].Build();
        }

        return targets;
    }

    /// <summary>Most partitions for each subscriber first, then those with fewer subscribers, then by id: the hard ones while there is choice.</summary>
    private List<Uuid> Sorted(IEnumerable<Uuid> topics) =>
        [
            .. topics
                .OrderByDescending(topic => (double)_owners[topic].Length / _subscribers[topic].Count)
                .ThenBy(topic => _subscribers[topic].Count)
                .ThenBy(topic => topic),
        ];

    private void TakeOver()
    {
        for (var member = 0; member < _targets.Length; member++)
        {
            _targets[member] = new PartitionSetBuilder();
            var assignment = _group.Members[member].Assignment;
            var subscribed = _group.Members[member].Topics;
            for (var i = 0; i < assignment.Topics.Count; i++)
            {
                var topic = assignment.Topics[i];
                if (!subscribed.Contains(topic))
                {
                    continue;
                }

                foreach (var partition in assignment.At(i))
                {
                    Give(topic, partition, member);
                }
            }
        }
    }

    private void AssignRemaining()
    {
        foreach (var topic in Sorted(_owners.Where(topic => topic.Value.Contains(Nobody)).Select(topic => topic.Key)))
        {
            _balancer.Begin(_subscribers[topic]);
            var owners = _owners[topic];
            for (var partition = 0; partition < owners.Length; partition++)
            {
                if (owners[partition] == Nobody)
                {
                    Give(topic, partition, _balancer.NextLeastLoaded());
                }
            }
        }
    }

    private void Balance()
    {
        var topics = Sorted(_subscribers.Where(topic => topic.Value.Count >= 2).Select(topic => topic.Key));
        var lastBalanced = -1;
        for (var round = 0; round < RoundsMax; round++)
        {
            for (var i = 0; i < topics.Count; i++)
            {
                if (i == lastBalanced)
                {
                    // Once around without a move: it is as balanced as moves of single partitions make it.
                    return;
                }

                if (BalanceTopic(topics[i]) > 0 || lastBalanced == -1)
                {
                    lastBalanced = i;
                }
            }
        }
    }

    /// <summary>Moves partitions of one topic from its most to its least loaded subscribers; returns how many.</summary>
    private int BalanceTopic(Uuid topic)
    {
        if (_balancer.Begin(_subscribers[topic]) <= 1)
        {
            return 0;
        }

        var owned = new Dictionary<int, Stack<int>>();
        var owners = _owners[topic];
        for (var partition = 0; partition < owners.Length; partition++)
        {
            if (!owned.TryGetValue(owners[partition], out var partitions))
            {
                owned[owners[partition]] = partitions = new Stack<int>();
            }

            partitions.Push(partition);
        }

        var moved = 0;
        while (!_balancer.IsBalanced)
        {
            var from = NextGiver(owned);
            if (from == Nobody)
            {
                break;
            }

            var partition = owned[from].Pop();
            var to = _balancer.NextLeastLoaded();
            if (_balancer.IsBalanced)
            {
                break;
            }

            Give(topic, partition, to);
            moved++;
        }

        return moved;
    }

    private int NextGiver(Dictionary<int, Stack<int>> owned)
    {
        while (true)
        {
            var member = _balancer.NextMostLoaded();
            if (member == Nobody || (owned.TryGetValue(member, out var partitions) && partitions.Count > 0))
            {
                return member;
            }

            _balancer.ExcludeMostLoaded();
        }
    }

    private void Give(Uuid topic, int partition, int member)
    {
        var owners = _owners[topic];
        if (owners[partition] is not Nobody and var before)
        {
            _targets[before].Remove(topic, partition);
            _sizes[before]--;
        }

        _targets[member].Add(topic, partition);
        _sizes[member]++;
        owners[partition] = member;
    }
}
