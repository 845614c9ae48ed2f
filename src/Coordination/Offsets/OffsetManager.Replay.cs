using Moldau.Core;
using Moldau.Protocol.Coordination;
using Moldau.Records;

namespace Moldau.Coordination;

public sealed partial class OffsetManager
{
    /// <summary>Takes a committed offset in, or a tombstone of one. Offsets in a transaction wait for its end.</summary>
    public void Replay(long recordOffset, long producerId, GroupId group, TopicName topic, PartitionIndex partition, OffsetCommitValue? value)
    {
        if (value is null)
        {
            Remove(group, topic, partition);
            return;
        }

        _groups.EnsureForOffsets(group);
        var offset = new CommittedOffset(
            recordOffset,
            value.Offset,
            value.LeaderEpoch,
            value.Metadata,
            value.CommitTimestamp,
            value.ExpireTimestamp == -1 ? default(long?) : value.ExpireTimestamp,
            value.TopicId);
        if (producerId == RecordBatchLayout.NoProducerId)
        {
            _offsets.Put(group, topic, partition, offset);
            return;
        }

        if (!_pending.TryGetValue(producerId, out var pending))
        {
            _pending[producerId] = pending = new OffsetStore(_snapshots);
        }

        pending.Put(group, topic, partition, offset);
        _open.Add(group, topic, partition, producerId);
    }

    /// <summary>A transaction has ended: its offsets count, or are forgotten.</summary>
    public void ReplayMarker(long producerId, bool commit)
    {
        if (!_pending.TryGetValue(producerId, out var pending))
        {
            return;
        }

        _pending.Remove(producerId);
        foreach (var (group, topics) in pending.Groups)
        {
            foreach (var (topic, partitions) in topics)
            {
                foreach (var (partition, offset) in partitions)
                {
                    _open.Remove(group, topic, partition, producerId);

                    // The newer record wins, as it would after a compaction that left only that one.
                    if (commit && (Find(group, topic, partition) is not { } existing || offset.RecordOffset > existing.RecordOffset))
                    {
                        _offsets.Put(group, topic, partition, offset);
                    }
                }
            }
        }
    }

    private void Remove(GroupId group, TopicName topic, PartitionIndex partition)
    {
        _offsets.Remove(group, topic, partition);
        foreach (var producerId in _open.Of(group, topic, partition).ToArray())
        {
            if (_pending.TryGetValue(producerId, out var pending))
            {
                pending.Remove(group, topic, partition);
            }

            _open.Remove(group, topic, partition, producerId);
        }
    }
}
