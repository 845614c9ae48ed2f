using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Gathers partitions with their epochs for a <see cref="PartitionEpochs"/>. Used by one thread.</summary>
public sealed class PartitionEpochsBuilder
{
    private readonly SortedDictionary<Uuid, SortedDictionary<int, int>> _topics = [];

    public PartitionEpochsBuilder()
    {
    }

    public PartitionEpochsBuilder(PartitionEpochs start) => AddAll(start);

    /// <summary>Adds a partition, or gives it another epoch.</summary>
    public void Add(Uuid topic, int partition, int epoch)
    {
        if (!_topics.TryGetValue(topic, out var partitions))
        {
            _topics[topic] = partitions = [];
        }

        partitions[partition] = epoch;
    }

    public void AddAll(PartitionEpochs more)
    {
        for (var i = 0; i < more.Partitions.Topics.Count; i++)
        {
            AddTopic(more, i);
        }
    }

    /// <summary>Adds the partitions of one topic, by its place in the set.</summary>
    internal void AddTopic(PartitionEpochs more, int index)
    {
        var partitions = more.Partitions.At(index);
        for (var p = 0; p < partitions.Length; p++)
        {
            Add(more.Partitions.Topics[index], partitions[p], more.At(index)[p]);
        }
    }

    public PartitionEpochs Build()
    {
        if (_topics.Count == 0)
        {
            return PartitionEpochs.Empty;
        }

        var set = new PartitionSet([.. _topics.Keys], [.. _topics.Values.Select(topic => topic.Keys.ToArray())]);
        return new PartitionEpochs(set, [.. _topics.Values.Select(topic => topic.Values.ToArray())]);
    }
}
