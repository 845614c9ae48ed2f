using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Which producers have open transactions with offsets of a partition of a group. For the shard's thread alone.</summary>
internal sealed class OpenTransactions(SnapshotRegistry snapshots)
{
    private readonly TimelineDictionary<GroupId, TimelineDictionary<TopicPartition, TimelineSet<long>>> _groups = new(snapshots);

    public bool Has(GroupId group) => _groups.ContainsKey(group);

    public bool Has(GroupId group, TopicName topic, PartitionIndex partition) =>
        _groups.TryGetValue(group, out var partitions) && partitions.ContainsKey(new TopicPartition(topic, partition));

    public IReadOnlyCollection<long> Of(GroupId group, TopicName topic, PartitionIndex partition) =>
        _groups.TryGetValue(group, out var partitions) && partitions.TryGetValue(new TopicPartition(topic, partition), out var producers) ? producers.Items : [];

    /// <summary>The partitions of a group that have any.</summary>
    public IEnumerable<TopicPartition> Partitions(GroupId group) => _groups.TryGetValue(group, out var partitions) ? partitions.Keys : [];

    public void Add(GroupId group, TopicName topic, PartitionIndex partition, long producerId)
    {
        if (!_groups.TryGetValue(group, out var partitions))
        {
            _groups[group] = partitions = new(snapshots);
        }

        var key = new TopicPartition(topic, partition);
        if (!partitions.TryGetValue(key, out var producers))
        {
            partitions[key] = producers = new(snapshots);
        }

        producers.Add(producerId);
    }

    public void Remove(GroupId group, TopicName topic, PartitionIndex partition, long producerId)
    {
        var key = new TopicPartition(topic, partition);
        if (!_groups.TryGetValue(group, out var partitions) || !partitions.TryGetValue(key, out var producers) || !producers.Remove(producerId))
        {
            return;
        }

        if (producers.Count == 0)
        {
            partitions.Remove(key);
        }

        if (partitions.Count == 0)
        {
            _groups.Remove(group);
        }
    }
}
