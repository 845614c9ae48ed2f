using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// Partitions of topics by id: the target assignment of a member. Topics are in the order of their ids, partitions ascending, so that equal sets give
/// equal records. Immutable; any thread.
/// </summary>
public sealed class PartitionSet : IEquatable<PartitionSet>
{
    public static readonly PartitionSet Empty = new([], []);

    private readonly Uuid[] _topics;
    private readonly int[][] _partitions;

    /// <summary>Takes the arrays over: topics ascending, the partitions of each ascending and not empty.</summary>
    internal PartitionSet(Uuid[] topics, int[][] partitions)
    {
        _topics = topics;
        _partitions = partitions;
        foreach (var topic in partitions)
        {
            Count += topic.Length;
        }
    }

    /// <summary>The number of partitions of all topics.</summary>
    public int Count { get; }

    public bool IsEmpty => Count == 0;

    /// <summary>The ids of the topics, ascending; none without partitions.</summary>
    public IReadOnlyList<Uuid> Topics => _topics;

    /// <summary>The partitions of a topic, ascending; none when the topic is not among them.</summary>
    public ReadOnlySpan<int> Of(Uuid topic) => Array.BinarySearch(_topics, topic) is >= 0 and var at ? _partitions[at] : [];

    public bool Contains(Uuid topic, int partition) =>
        Array.BinarySearch(_topics, topic) is >= 0 and var at && Array.BinarySearch(_partitions[at], partition) >= 0;

    public bool ContainsTopic(Uuid topic) => Array.BinarySearch(_topics, topic) >= 0;

    /// <summary>The place of the topic and of the partition in it; negative when it is not there.</summary>
    internal (int Topic, int Partition) Find(Uuid topic, int partition) =>
        Array.BinarySearch(_topics, topic) is >= 0 and var at ? (at, Array.BinarySearch(_partitions[at], partition)) : (-1, -1);

    /// <summary>The partitions of the topic at that place of <see cref="Topics"/>.</summary>
    internal int[] At(int index) => _partitions[index];

    public bool Equals(PartitionSet? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || Count != other.Count || !_topics.AsSpan().SequenceEqual(other._topics))
        {
            return false;
        }

        for (var i = 0; i < _partitions.Length; i++)
        {
            if (!_partitions[i].AsSpan().SequenceEqual(other._partitions[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as PartitionSet);

    public override int GetHashCode() => HashCode.Combine(Count, _topics.Length);

    public override string ToString() =>
        string.Join(", ", _topics.Select((topic, index) => $"{topic}:[{string.Join(',', _partitions[index])}]"));
}
