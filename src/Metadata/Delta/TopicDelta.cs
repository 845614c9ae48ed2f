using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which partitions of one topic are new or changed.</summary>
public sealed class TopicDelta
{
    private readonly SortedList<int, PartitionRegistration> _changes;

    internal TopicDelta(TopicImage image)
        : this(image, changes: 0)
    {
    }

    private TopicDelta(TopicImage image, int changes)
    {
        Image = image;
        _changes = new(changes);
    }

    /// <summary>The topic before; without partitions when it is new.</summary>
    public TopicImage Image { get; }

    public string Name => Image.Name;

    /// <summary>The new state of each partition that changed, in ascending order.</summary>
    public IReadOnlyDictionary<int, PartitionRegistration> Changes => _changes;

    /// <summary>The delta that makes the topic with all its partitions.</summary>
    internal static TopicDelta Whole(TopicImage topic)
    {
        var delta = new TopicDelta(new TopicImage(topic.Name, topic.Id, []), topic.PartitionCount);
        foreach ((int index, PartitionRegistration partition) in topic.Partitions)
        {
            delta._changes.Add(index, partition);
        }

        return delta;
    }

    internal void Replay(PartitionRecord record) => _changes[record.PartitionId] = PartitionRegistration.FromRecord(record);

    internal void Replay(PartitionChangeRecord record)
    {
        PartitionRegistration before = Current(record.PartitionId)
            ?? throw new MetadataException($"a change of partition {Name}-{(int)record.PartitionId}, which does not exist");
        _changes[record.PartitionId] = before.Merge(record);
    }

    internal void ClearElr()
    {
        foreach ((int index, PartitionRegistration _) in Image.Partitions)
        {
            ClearElr(index);
        }

        foreach (int index in _changes.Keys.ToArray())
        {
            ClearElr(index);
        }
    }

    internal TopicImage Apply() => _changes.Count == 0 ? Image : Image.With(_changes);

    private void ClearElr(int index)
    {
        PartitionRegistration? partition = Current(index);
        if (partition is not null && partition.Elr.Length + partition.LastKnownElr.Length > 0)
        {
            _changes[index] = partition.Merge(new PartitionChangeRecord { PartitionId = index, TopicId = Image.Id, EligibleLeaderReplicas = [], LastKnownElr = [] });
        }
    }

    private PartitionRegistration? Current(int index) => _changes.TryGetValue(index, out PartitionRegistration? changed) ? changed : Image.Partition(index);
}
