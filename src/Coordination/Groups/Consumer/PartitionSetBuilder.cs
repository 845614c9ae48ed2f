using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Gathers partitions for a <see cref="PartitionSet"/>, each once, in any order. Used by one thread.</summary>
public sealed class PartitionSetBuilder
{
    private readonly Dictionary<Uuid, HashSet<int>> _topics = [];

    public PartitionSetBuilder()
    {
    }

    public PartitionSetBuilder(PartitionSet start)
    {
        for (var i = 0; i < start.Topics.Count; i++)
        {
            _topics[start.Topics[i]] = [.. start.At(i)];
        }
    }

    public void Add(Uuid topic, int partition)
    {
        if (!_topics.TryGetValue(topic, out var partitions))
        {
            _topics[topic] = partitions = [];
        }

        partitions.Add(partition);
    }

    public void Remove(Uuid topic, int partition)
    {
        if (_topics.TryGetValue(topic, out var partitions))
        {
            partitions.Remove(partition);
        }
    }

    public void RemoveTopic(Uuid topic) => _topics.Remove(topic);

    /// <summary>The set; topics without partitions are left out.</summary>
    public PartitionSet Build()
    {
        var topics = _topics.Where(topic => topic.Value.Count > 0).Select(topic => topic.Key).Order().ToArray();
        if (topics.Length == 0)
        {
            return PartitionSet.Empty;
        }

        var partitions = new int[topics.Length][];
        for (var i = 0; i < topics.Length; i++)
        {
            partitions[i] = [.. _topics[topics[i]].Order()];
        }

        return new PartitionSet(topics, partitions);
    }
}
