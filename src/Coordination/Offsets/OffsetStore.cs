using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Offsets by group, topic and partition. As its timeline collections, for the shard's thread alone.</summary>
internal sealed class OffsetStore(SnapshotRegistry snapshots)
{
    public TimelineDictionary<GroupId, TimelineDictionary<TopicName, TimelineDictionary<PartitionIndex, CommittedOffset>>> Groups { get; } = new(snapshots);

    public CommittedOffset? Find(GroupId group, TopicName topic, PartitionIndex partition) =>
        Groups.TryGetValue(group, out var topics) && topics.TryGetValue(topic, out var partitions) ? partitions.GetValueOrDefault(partition) : null;

    public void Put(GroupId group, TopicName topic, PartitionIndex partition, CommittedOffset offset)
    {
        if (!Groups.TryGetValue(group, out var topics))
        {
            Groups[group] = topics = new(snapshots);
        }

        if (!topics.TryGetValue(topic, out var partitions))
        {
            topics[topic] = partitions = new(snapshots);
        }

        partitions[partition] = offset;
    }

    public bool Remove(GroupId group, TopicName topic, PartitionIndex partition)
    {
        if (!Groups.TryGetValue(group, out var topics) || !topics.TryGetValue(topic, out var partitions) || !partitions.Remove(partition))
        {
            return false;
        }

        if (partitions.Count == 0)
        {
            topics.Remove(topic);
        }

        if (topics.Count == 0)
        {
            Groups.Remove(group);
        }

        return true;
    }
}
