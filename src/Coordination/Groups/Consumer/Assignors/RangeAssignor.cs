using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// Gives each subscriber a range of each topic's partitions, the first subscribers one more where they do not divide. Static members come first, by
/// instance id, so that they keep their place; the others by member id. Members that come next in one topic come next in all: partitions of equal
/// number of topics with equal partition counts are with one member.
/// </summary>
public sealed class RangeAssignor : IPartitionAssignor
{
    public string Name => "range";

    public IReadOnlyDictionary<string, PartitionSet> Assign(GroupSpec group)
    {
        var members = group.Members
            .OrderBy(member => member.InstanceId is null)
            .ThenBy(member => member.InstanceId, StringComparer.Ordinal)
            .ThenBy(member => member.MemberId, StringComparer.Ordinal)
            .ToList();
        var ranges = new Dictionary<Uuid, TopicRange>();
        foreach (var topic in members.SelectMany(member => member.Topics))
        {
            if (!ranges.TryGetValue(topic, out var range))
            {
                ranges[topic] = range = new TopicRange(group.PartitionCount(topic));
            }

            range.Subscribers++;
        }

        var targets = new Dictionary<string, PartitionSet>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            var target = new PartitionSetBuilder();
            foreach (var topic in member.Topics)
            {
                var (start, end) = ranges[topic].Take();
                for (var partition = start; partition < end; partition++)
                {
                    target.Add(topic, partition);
                }
            }

            targets[member.MemberId] = target.Build();
        }

        return targets;
    }

    private sealed class TopicRange(int partitionCount)
    {
        private int _taken;
        private int _next;

        public int Subscribers { get; set; }

        public (int Start, int End) Take()
        {
            var start = _next;
            var extra = _taken++ < partitionCount % Subscribers ? 1 : 0;
            _next = start + (partitionCount / Subscribers) + extra;
            return (start, _next);
        }
    }
}
