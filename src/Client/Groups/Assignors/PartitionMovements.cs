using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// Which partitions have been moved from whom to whom in one sharing-out. Before a partition moves from A to B, one of its topic that went from B to A is sent
/// back instead: two members do not swap partitions of a topic.
/// </summary>
internal sealed class PartitionMovements
{
    private readonly Dictionary<TopicPartition, (string From, string To)> _moves = [];
    private readonly Dictionary<(string Topic, string From, string To), MovedPartitions> _moved = [];

    /// <summary>What to move when <paramref name="partition"/> should go: itself, or one that makes up for an earlier move.</summary>
    public TopicPartition PartitionToMove(TopicPartition partition, string from, string to)
    {
        if (_moves.TryGetValue(partition, out var earlier))
        {
            from = earlier.From;
        }

        return _moved.TryGetValue((partition.Topic, to, from), out var back) ? back.First : partition;
    }

    /// <summary>Notes a move; one back to where it came from cancels out.</summary>
    public void Add(TopicPartition partition, string from, string to)
    {
        if (_moves.Remove(partition, out var earlier))
        {
            var key = (partition.Topic.Value, earlier.From, earlier.To);
            _moved[key].Remove(partition);
            if (_moved[key].IsEmpty)
            {
                _moved.Remove(key);
            }

            from = earlier.From;
            if (from == to)
            {
                return;
            }
        }

        _moves.Add(partition, (from, to));
        if (!_moved.TryGetValue((partition.Topic, from, to), out var moved))
        {
            _moved.Add((partition.Topic, from, to), moved = new MovedPartitions());
        }

        moved.Add(partition);
    }

    /// <summary>A set whose first element is the one that Java's hash set would give first: it decides which partition is sent back.</summary>
    private sealed class MovedPartitions
    {
        private readonly List<TopicPartition> _partitions = [];
        private int _countMax;

        public bool IsEmpty => _partitions.Count == 0;

        public TopicPartition First
        {
            get
            {
                var length = MemberOrder.HashTableLength(_countMax);
                return _partitions.MinBy(partition => MemberOrder.Bucket(HashOf(partition), length));
            }
        }

        public void Add(TopicPartition partition)
        {
            _partitions.Add(partition);
            _countMax = Math.Max(_countMax, _partitions.Count);
        }

        public void Remove(TopicPartition partition) => _partitions.Remove(partition);

        private static int HashOf(TopicPartition partition) =>
            unchecked((31 * (31 + partition.Partition.Value)) + MemberOrder.HashOf(partition.Topic));
    }
}
