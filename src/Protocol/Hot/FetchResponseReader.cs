using Moldau.Core;

namespace Moldau.Protocol;

/// <summary>
/// Walks through the body of a Fetch response where it lies, without allocating: topics, their partitions, and the records of each as a slice of the frame. <see cref="Open"/> has walked it
/// once to the end, so that a malformed frame is refused before anything is done with it; what comes after cannot fail. Tagged fields that the schema does not know are passed over. A ref
/// struct: it stays on the stack of the one thread that has the response.
/// </summary>
public ref partial struct FetchResponseReader
{
    private const short FirstErrorVersion = 7;
    private const short FirstFlexibleVersion = 12;
    private const short FirstTopicIdVersion = 13;
    private const short FirstEndpointsVersion = 16;
    private const int TopicBytesMin = 3;
    private const int PartitionBytesMin = 27;
    private const int AbortedTransactionBytesMin = 16;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly short _version;
    private readonly bool _flexible;
    private MessageReader _reader;
    private int _topicsLeft;
    private int _partitionsLeft;
    private int _endpointsAt;
    private bool _isInTopic;

    private FetchResponseReader(ReadOnlyMemory<byte> body, short version)
    {
        _body = body;
        _version = version;
        _flexible = version >= FirstFlexibleVersion;
        _reader = new MessageReader(body);
        ThrottleTimeMs = _reader.ReadInt32();
        if (version >= FirstErrorVersion)
        {
            ErrorCode = (ErrorCode)_reader.ReadInt16();
            SessionId = _reader.ReadInt32();
        }
        TopicCount = _reader.ReadArrayLength(_flexible, TopicBytesMin, "Responses");
        _topicsLeft = TopicCount;
    }

    /// <summary>For how long the broker wants to be left alone, in ms.</summary>
    public int ThrottleTimeMs { get; }

    /// <summary>The error of the request as a whole, that of its session above all.</summary>
    public ErrorCode ErrorCode { get; }

    /// <summary>The fetch session; 0 for none (KIP-227).</summary>
    public int SessionId { get; }

    public int TopicCount { get; }

    /// <summary>The current topic's name in UTF-8, up to version 12; not decoded, so malformed bytes are still there.</summary>
    public ReadOnlySpan<byte> TopicName { get; private set; }

    /// <summary>The current topic's id, from version 13 on.</summary>
    public Uuid TopicId { get; private set; }

    /// <summary>Partitions of the current topic.</summary>
    public int PartitionCount { get; private set; }

    public PartitionIndex Partition { get; private set; }

    /// <summary>The current partition's error.</summary>
    public ErrorCode PartitionError { get; private set; }

    public Offset HighWatermark { get; private set; }

    public Offset LastStableOffset { get; private set; }

    /// <summary>-1 when the version does not say.</summary>
    public Offset LogStartOffset { get; private set; }

    public AbortedTransactionsView AbortedTransactions { get; private set; }

    /// <summary>The replica that a consumer should read from (KIP-392); -1 for none.</summary>
    public BrokerId PreferredReadReplica { get; private set; }

    /// <summary>The records of the current partition, as they came; null when the response has none for it.</summary>
    public ReadOnlyMemory<byte>? Records { get; private set; }

    /// <summary>The leader that the broker knows of, when it is another one (KIP-951); -1 when it does not say.</summary>
    public BrokerId CurrentLeaderId { get; private set; }

    /// <summary>That leader's epoch; -1 when the broker does not say.</summary>
    public LeaderEpoch CurrentLeaderEpoch { get; private set; }

    /// <summary>Checks a whole body and returns a reader at its beginning.</summary>
    /// <exception cref="ProtocolException">The bytes are no Fetch response of that version, or the version does not exist.</exception>
    public static FetchResponseReader Open(ReadOnlyMemory<byte> body, short version)
    {
        if (version is < Api.FetchResponse.LowestVersion or > Api.FetchResponse.HighestVersion)
        {
            UnsupportedVersionException.ThrowVersion("FetchResponse", version, Api.FetchResponse.LowestVersion, Api.FetchResponse.HighestVersion);
        }
        var reader = new FetchResponseReader(body, version);
        FetchResponseReader ahead = reader;
        while (ahead.NextTopic())
        {
        }
        ahead.ReadTail();
        reader._endpointsAt = ahead._endpointsAt;
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
                throw new ProtocolException("the name of a topic is null in a Fetch response");
            }
        }
        PartitionCount = _reader.ReadArrayLength(_flexible, PartitionBytesMin, "Partitions");
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
        PartitionError = (ErrorCode)_reader.ReadInt16();
        HighWatermark = _reader.ReadInt64();
        LastStableOffset = _reader.ReadInt64();
        LogStartOffset = _version >= 5 ? _reader.ReadInt64() : -1;
        ReadAbortedTransactions();
        PreferredReadReplica = _version >= 11 ? _reader.ReadInt32() : -1;
        Records = _reader.ReadNullableBytes(_flexible);
        CurrentLeaderId = -1;
        CurrentLeaderEpoch = -1;
        ReadPartitionTags();
        return true;
    }
}
