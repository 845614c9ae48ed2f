using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which partitions of one topic are new or changed.</summary>
public sealed class TopicDelta
{
    private readonly SortedList<int, PartitionRegistration> _changes = [];

    internal TopicDelta(TopicImage image) => Image = image;

    /// <summary>The topic before; without partitions when it is new.</summary>
    public TopicImage Image { get; }

    public string Name => Image.Name;

    /// <summary>The new state of each partition that changed, in ascending order.</summary>
    public IReadOnlyDictionary<int, PartitionRegistration> Changes => _changes;

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
