using Moldau.Core;
using Moldau.Protocol.Api;

namespace Moldau.Protocol;

/// <summary>
/// Walks through the body of a Fetch request where it lies, without allocating: first the topics and their partitions, then the topics that the session
/// forgets. <see cref="Open"/> has walked it once to the end, so that a malformed frame is refused before anything is done for it; what comes after
/// cannot fail. Tagged fields that the schema does not know are passed over. A ref struct: it stays on the stack of the one thread that has the request.
/// </summary>
public ref partial struct FetchRequestReader
{
    private readonly short _version;
    private readonly bool _flexible;
    private MessageReader _reader;
    private int _topicsLeft;
    private int _partitionsLeft;
    private int _forgottenTopicsLeft;
    private int _forgottenPartitionsLeft;
    private Section _section;

    private FetchRequestReader(ReadOnlyMemory<byte> body, short version)
    {
        _version = version;
        _flexible = version >= 12;
        _reader = new MessageReader(body);
        ReplicaId = version <= 14 ? _reader.ReadInt32() : -1;
        MaxWaitMs = _reader.ReadInt32();
        MinBytes = _reader.ReadInt32();
        MaxBytes = _reader.ReadInt32();
        IsolationLevel = _reader.ReadInt8();
        SessionId = version >= 7 ? _reader.ReadInt32() : 0;
        SessionEpoch = version >= 7 ? _reader.ReadInt32() : -1;
        TopicCount = _reader.ReadArrayLength(_flexible, 1, "Topics");
        _topicsLeft = TopicCount;
        ReplicaEpoch = -1;
    }

    private enum Section
    {
        Topics,
        InTopic,
        Forgotten,
        InForgotten,
        End,
    }

    /// <summary>The follower that fetches, or -1 for a consumer; in versions 15 and later it stands in a tagged field.</summary>
    public BrokerId ReplicaId { get; private set; }

    /// <summary>The follower's broker epoch, or -1.</summary>
    public long ReplicaEpoch { get; private set; }

    public int MaxWaitMs { get; }

    public int MinBytes { get; }

    public int MaxBytes { get; }

    /// <summary>0: read uncommitted, 1: read committed.</summary>
    public sbyte IsolationLevel { get; }

    /// <summary>The fetch session, or 0 (KIP-227).</summary>
    public int SessionId { get; }

    /// <summary>The epoch within the session; -1 for none.</summary>
    public int SessionEpoch { get; }

    public int TopicCount { get; }

    /// <summary>The reader's rack in UTF-8 (KIP-392); empty when it has none.</summary>
    public ReadOnlySpan<byte> RackId { get; private set; }

    /// <summary>The cluster id in UTF-8 that a follower of the metadata log expects; empty when it names none.</summary>
    public ReadOnlySpan<byte> ClusterId { get; private set; }

    /// <summary>The current topic's name in UTF-8, up to version 12; not decoded, so malformed bytes are still there.</summary>
    public ReadOnlySpan<byte> TopicName { get; private set; }

    /// <summary>The current topic's id, from version 13 on.</summary>
    public Uuid TopicId { get; private set; }

    /// <summary>Partitions of the current topic, forgotten or not.</summary>
    public int PartitionCount { get; private set; }

    public PartitionIndex Partition { get; private set; }

    public LeaderEpoch CurrentLeaderEpoch { get; private set; }

    public Offset FetchOffset { get; private set; }

    /// <summary>The epoch of the last record that the follower has; -1 when it says none (KIP-595).</summary>
    public LeaderEpoch LastFetchedEpoch { get; private set; }

    /// <summary>The follower's log start offset, or -1 for a consumer.</summary>
    public Offset LogStartOffset { get; private set; }

    public int PartitionMaxBytes { get; private set; }

    /// <summary>The directory of the follower's replica, zero when it says none (KIP-853).</summary>
    public Uuid ReplicaDirectoryId { get; private set; }

    /// <summary>The high watermark that the follower knows; the largest number when it says none (KIP-1166).</summary>
    public Offset HighWatermark { get; private set; }

    /// <summary>Checks a whole body and returns a reader at its beginning.</summary>
    /// <exception cref="ProtocolException">The bytes are no Fetch request of that version, or the version does not exist.</exception>
    public static FetchRequestReader Open(ReadOnlyMemory<byte> body, short version)
    {
        if (version is < FetchRequest.LowestVersion or > FetchRequest.HighestVersion)
        {
            UnsupportedVersionException.ThrowVersion("FetchRequest", version, FetchRequest.LowestVersion, FetchRequest.HighestVersion);
        }
        var reader = new FetchRequestReader(body, version);
        FetchRequestReader ahead = reader;
        while (ahead.NextForgottenTopic())
        {
        }
        ahead.ReadTail();
        reader.RackId = ahead.RackId;
        reader.ClusterId = ahead.ClusterId;
        reader.ReplicaId = ahead.ReplicaId;
        reader.ReplicaEpoch = ahead.ReplicaEpoch;
        return reader;
    }

    /// <summary>Moves to the next topic; partitions of the current one that were not visited are passed over.</summary>
    public bool NextTopic()
    {
        if (_section == Section.InTopic)
        {
            while (NextPartition())
            {
            }
            SkipTaggedFields();
            _section = Section.Topics;
        }
        if (_section != Section.Topics)
        {
            return false;
        }
        if (_topicsLeft == 0)
        {
            _forgottenTopicsLeft = _version >= 7 ? _reader.ReadArrayLength(_flexible, 1, "ForgottenTopicsData") : 0;
            _section = Section.Forgotten;
            return false;
        }
        _topicsLeft--;
        ReadTopicIdentity();
        PartitionCount = _reader.ReadArrayLength(_flexible, sizeof(int), "Partitions");
        _partitionsLeft = PartitionCount;
        _section = Section.InTopic;
        return true;
    }

    /// <summary>Moves to the next partition of the current topic.</summary>
    public bool NextPartition()
    {
        if (_section != Section.InTopic || _partitionsLeft == 0)
        {
            return false;
        }
        _partitionsLeft--;
        Partition = _reader.ReadInt32();
        CurrentLeaderEpoch = _version >= 9 ? _reader.ReadInt32() : -1;
        FetchOffset = _reader.ReadInt64();
        LastFetchedEpoch = _version >= 12 ? _reader.ReadInt32() : -1;
        LogStartOffset = _version >= 5 ? _reader.ReadInt64() : -1;
        PartitionMaxBytes = _reader.ReadInt32();
        ReplicaDirectoryId = Uuid.Zero;
        HighWatermark = long.MaxValue;
        ReadPartitionTags();
        return true;
    }

    /// <summary>Moves to the next topic that the session forgets; topics before it that were not visited are passed over.</summary>
    public bool NextForgottenTopic()
    {
        while (NextTopic())
        {
        }
        if (_section == Section.InForgotten)
        {
            while (NextForgottenPartition())
            {
            }
            SkipTaggedFields();
            _section = Section.Forgotten;
        }
        if (_section != Section.Forgotten || _forgottenTopicsLeft == 0)
        {
            return false;
        }
        _forgottenTopicsLeft--;
        ReadTopicIdentity();
        PartitionCount = _reader.ReadArrayLength(_flexible, sizeof(int), "Partitions");
        _forgottenPartitionsLeft = PartitionCount;
        _section = Section.InForgotten;
        return true;
    }

    /// <summary>Moves to the next partition of the current topic that the session forgets.</summary>
    public bool NextForgottenPartition()
    {
        if (_section != Section.InForgotten || _forgottenPartitionsLeft == 0)
        {
            return false;
        }
        _forgottenPartitionsLeft--;
        Partition = _reader.ReadInt32();
        return true;
    }
}
