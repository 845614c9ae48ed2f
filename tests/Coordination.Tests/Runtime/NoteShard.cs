using Moldau.Metadata;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination.Tests;

/// <summary>The smallest shard: committed offsets of one topic by group and partition, transactional ones pending until their marker.</summary>
public sealed class NoteShard(CoordinatorShardContext context) : ICoordinatorShard
{
    private readonly TimelineDictionary<long, long> _pending = new(context.Snapshots);

    public CoordinatorShardContext Context { get; } = context;

    public TimelineDictionary<int, long> Notes { get; } = new(context.Snapshots);

    public List<string> Events { get; } = [];

    public static CoordinatorRecord Note(int key, long? value)
    {
        var message = new OffsetCommitKey { Group = "g", Topic = "t", Partition = key };
        return value is { } offset ? new CoordinatorRecord(message, new OffsetCommitValue { Offset = offset, Metadata = "" }, 3) : CoordinatorRecord.Tombstone(message);
    }

    public void Replay(long offset, long producerId, short producerEpoch, CoordinatorRecord record)
    {
        var key = ((OffsetCommitKey)record.Key).Partition.Value;
        if (key == 666)
        {
            throw new InvalidOperationException("a number that cannot be replayed");
        }

        if (record.Value is not OffsetCommitValue value)
        {
            Notes.Remove(key);
        }
        else if (producerId >= 0)
        {
            _pending[producerId] = value.Offset;
        }
        else
        {
            Notes[key] = value.Offset;
        }
    }

    public void ReplayTransactionMarker(long producerId, short producerEpoch, bool commit)
    {
        if (_pending.TryGetValue(producerId, out var value) && commit)
        {
            Notes[(int)producerId] = value;
        }

        _pending.Remove(producerId);
    }

    public void OnLoaded(MetadataImage image) => Events.Add("loaded");

    public void OnUnloaded() => Events.Add("unloaded");

    public void OnNewImage(MetadataImage image, MetadataDelta delta) => Events.Add($"image {image.Offset}");
}
