using Moldau.Core;

namespace Moldau.Protocol;

/// <summary>The parts of the walk that depend on the version most: names or ids, and tagged fields.</summary>
public ref partial struct FetchRequestReader
{
    private void ReadTopicIdentity()
    {
        if (_version >= 13)
        {
            TopicId = _reader.ReadUuid();
            return;
        }
        TopicName = _reader.ReadStringBytes(_flexible, nameof(TopicName), out bool isNull);
        if (isNull)
        {
            throw new ProtocolException("the name of a topic is null in a Fetch request");
        }
    }

    private void ReadPartitionTags()
    {
        if (!_flexible)
        {
            return;
        }
        for (int count = _reader.ReadTaggedFieldCount(); count > 0; count--)
        {
            int tag = _reader.ReadTag(out int size);
            switch (tag)
            {
                case 0:
                    Demand(17, tag);
                    ReplicaDirectoryId = _reader.ReadUuid();
                    break;
                case 1:
                    Demand(18, tag);
                    HighWatermark = _reader.ReadInt64();
                    break;
                default:
                    _reader.Skip(size);
                    break;
            }
        }
    }

    /// <summary>What follows the topics: the rack and the tagged fields of the request.</summary>
    private void ReadTail()
    {
        if (_version >= 11)
        {
            RackId = _reader.ReadStringBytes(_flexible, nameof(RackId), out bool isNull);
            if (isNull)
            {
                throw new ProtocolException("the rack is null in a Fetch request");
            }
        }
        if (!_flexible)
        {
            return;
        }
        for (int count = _reader.ReadTaggedFieldCount(); count > 0; count--)
        {
            int tag = _reader.ReadTag(out int size);
            switch (tag)
            {
                case 0:
                    ClusterId = _reader.ReadStringBytes(true, nameof(ClusterId), out _);
                    break;
                case 1:
                    Demand(15, tag);
                    ReplicaId = _reader.ReadInt32();
                    ReplicaEpoch = _reader.ReadInt64();
                    _reader.SkipTaggedFields();
                    break;
                default:
                    _reader.Skip(size);
                    break;
            }
        }
    }

    private readonly void Demand(short lowest, int tag)
    {
        if (_version < lowest)
        {
            MessageReader.ThrowTagVersion(tag, _version);
        }
    }

    private void SkipTaggedFields()
    {
        if (_flexible)
        {
            _reader.SkipTaggedFields();
        }
    }
}
