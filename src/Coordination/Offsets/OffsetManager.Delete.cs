using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class OffsetManager
{
    /// <summary>OffsetDelete (KIP-496): offsets of topics that nobody in the group wants.</summary>
    /// <exception cref="CoordinatorException">There is no such group, or it does not allow it.</exception>
    public CoordinatorResult<OffsetDeleteResponse> Delete(OffsetDeleteRequest request)
    {
        var group = _groups.Require(request.GroupId);
        group.ValidateOffsetDelete();
        var records = new List<CoordinatorRecord>();
        var response = new OffsetDeleteResponse();
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetDeleteResponse.OffsetDeleteResponseTopic { Name = topic.Name };
            response.Topics.Add(answer);
            var error = group.IsSubscribedTo(topic.Name) ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None;
            foreach (var partition in topic.Partitions)
            {
                answer.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, ErrorCode = error });
                if (error == ErrorCode.None && (Find(request.GroupId, topic.Name, partition.PartitionIndex) is not null || _open.Has(request.GroupId, topic.Name, partition.PartitionIndex)))
                {
                    records.Add(GroupRecords.OffsetTombstone(request.GroupId, topic.Name, partition.PartitionIndex));
                }
            }
        }

        _metrics.Deleted(records.Count);
        return new(records, response);
    }

    /// <summary>The tombstones of all offsets of a group, pending ones too.</summary>
    public int DeleteAll(GroupId group, List<CoordinatorRecord> records)
    {
        var before = records.Count;
        if (_offsets.Groups.TryGetValue(group, out var topics))
        {
            foreach (var (topic, partitions) in topics)
            {
                foreach (var partition in partitions.Keys)
                {
                    records.Add(GroupRecords.OffsetTombstone(group, topic, partition));
                }
            }
        }

        foreach (var partition in _open.Partitions(group))
        {
            if (Find(group, partition.Topic, partition.Partition) is null)
            {
                records.Add(GroupRecords.OffsetTombstone(group, partition.Topic, partition.Partition));
            }
        }

        return records.Count - before;
    }

    /// <summary>The tombstones of offsets whose retention is over (KIP-211). True when nothing keeps the group any more.</summary>
    public bool Expire(GroupId groupId, List<CoordinatorRecord> records)
    {
        if (!_offsets.Groups.TryGetValue(groupId, out var topics))
        {
            return !_open.Has(groupId);
        }

        var group = _groups.Require(groupId);
        if (group.OffsetExpiration() is not { } since)
        {
            return false;
        }

        var before = records.Count;
        var nowMs = NowMs;
        var hasAllExpired = true;
        foreach (var (topic, partitions) in topics)
        {
            if (group.IsSubscribedTo(topic))
            {
                hasAllExpired = false;
                continue;
            }

            foreach (var (partition, offset) in partitions)
            {
                if (IsExpired(offset, since, nowMs) && !_open.Has(groupId, topic, partition))
                {
                    records.Add(GroupRecords.OffsetTombstone(groupId, topic, partition));
                }
                else
                {
                    hasAllExpired = false;
                }
            }
        }

        _metrics.Expired(records.Count - before);
        return hasAllExpired && !_open.Has(groupId);
    }

    /// <summary>The tombstones of offsets of topics that are gone. An offset of a topic that has the name now stays.</summary>
    public List<CoordinatorRecord> OnTopicsDeleted(IReadOnlyList<(TopicName Name, Uuid Id)> deleted)
    {
        var records = new List<CoordinatorRecord>();
        AddDeleted(_offsets, deleted, records);
        foreach (var pending in _pending.Values)
        {
            AddDeleted(pending, deleted, records);
        }

        return records;
    }

    private static void AddDeleted(OffsetStore store, IReadOnlyList<(TopicName Name, Uuid Id)> deleted, List<CoordinatorRecord> records)
    {
        foreach (var (group, topics) in store.Groups)
        {
            foreach (var (name, id) in deleted)
            {
                if (!topics.TryGetValue(name, out var partitions))
                {
                    continue;
                }

                foreach (var (partition, offset) in partitions)
                {
                    if (!IsOfAnotherTopic(offset, id))
                    {
                        records.Add(GroupRecords.OffsetTombstone(group, name, partition));
                    }
                }
            }
        }
    }

    private bool IsExpired(CommittedOffset offset, OffsetExpiration since, long nowMs) =>
        offset.ExpireTimestampMs is { } expireMs ? nowMs >= expireMs : nowMs - since(offset) >= _options().OffsetsRetentionMs;
}
