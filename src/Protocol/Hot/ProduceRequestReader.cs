using Moldau.Core;

namespace Moldau.Protocol;

/// <summary>
/// Walks through the body of a Produce request where it lies, without allocating: topics, their partitions, and the records of each as a slice of the
/// frame. <see cref="Open"/> has walked it once to the end, so that a malformed frame is refused before anything is done for it; what comes after cannot
/// fail. Tagged fields are passed over. A ref struct: it stays on the stack of the one thread that has the request.
/// </summary>
public ref struct ProduceRequestReader
{
    private readonly short _version;
    private readonly bool _flexible;
    private MessageReader _reader;
    private int _topicsLeft;
    private int _partitionsLeft;
    private bool _isInTopic;

    private ProduceRequestReader(ReadOnlyMemory<byte> body, short version)
    {
        _version = version;
        _flexible = version >= FirstFlexibleVersion;
        _reader = new MessageReader(body);
        TransactionalId = _reader.ReadStringBytes(_flexible, nameof(TransactionalId), out bool isNull);
        IsTransactional = !isNull;
        Acks = _reader.ReadInt16();
        TimeoutMs = _reader.ReadInt32();
        TopicCount = _reader.ReadArrayLength(_flexible, 1, "TopicData");
        _topicsLeft = TopicCount;
    }

    private const short FirstFlexibleVersion = 9;

    private const short FirstTopicIdVersion = 13;

    /// <summary>Whether the request names a transactional id.</summary>
    public bool IsTransactional { get; }

    /// <summary>The transactional id in UTF-8; empty when there is none.</summary>
    public ReadOnlySpan<byte> TransactionalId { get; }

    /// <summary>0, 1, or -1 for all in-sync replicas.</summary>
    public short Acks { get; }

    public int TimeoutMs { get; }

    public int TopicCount { get; }

    /// <summary>The current topic's name in UTF-8, up to version 12; not decoded, so malformed bytes are still there.</summary>
    public ReadOnlySpan<byte> TopicName { get; private set; }

    /// <summary>The current topic's id, from version 13 on.</summary>
    public Uuid TopicId { get; private set; }

    /// <summary>Partitions of the current topic.</summary>
    public int PartitionCount { get; private set; }

    public PartitionIndex Partition { get; private set; }

    /// <summary>The records of the current partition, as they came; null when the request has none for it.</summary>
    public ReadOnlyMemory<byte>? Records { get; private set; }

    /// <summary>Checks a whole body and returns a reader at its beginning.</summary>
    /// <exception cref="ProtocolException">The bytes are no Produce request of that version, or the version does not exist.</exception>
    public static ProduceRequestReader Open(ReadOnlyMemory<byte> body, short version)
    {
        if (version is < Api.ProduceRequest.LowestVersion or > Api.ProduceRequest.HighestVersion)
        {
            UnsupportedVersionException.ThrowVersion("ProduceRequest", version, Api.ProduceRequest.LowestVersion, Api.ProduceRequest.HighestVersion);
        }
        var reader = new ProduceRequestReader(body, version);
        ProduceRequestReader ahead = reader;
        while (ahead.NextTopic())
        {
            while (ahead.NextPartition())
            {
            }
        }
        ahead.SkipTaggedFields();
        return reader;
    }

    /// <summary>Moves to the next topic; partitions of the current one that were not visited are passed over.</summary>
    public bool NextTopic()
    {
        if (_isInTopic)
        {
            while (NextPartition())
            {
            }
            SkipTaggedFields();
            _isInTopic = false;
        }
        if (_topicsLeft == 0)
        {
            return false;
        }
        _topicsLeft--;
        _isInTopic = true;
        if (_version >= FirstTopicIdVersion)
        {
            TopicId = _reader.ReadUuid();
        }
        else
        {
            TopicName = _reader.ReadStringBytes(_flexible, nameof(TopicName), out bool isNull);
            if (isNull)
            {
                throw new ProtocolException("the name of a topic is null in a Produce request");
            }
        }
        PartitionCount = _reader.ReadArrayLength(_flexible, sizeof(int), "PartitionData");
        _partitionsLeft = PartitionCount;
        return true;
    }

    /// <summary>Moves to the next partition of the current topic.</summary>
    public bool NextPartition()
    {
        if (_partitionsLeft == 0)
        {
            return false;
        }
        _partitionsLeft--;
        Partition = _reader.ReadInt32();
        Records = _reader.ReadNullableBytes(_flexible);
        SkipTaggedFields();
        return true;
    }

    private void SkipTaggedFields()
    {
        if (_flexible)
        {
            _reader.SkipTaggedFields();
        }
    }
}
