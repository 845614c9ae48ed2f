using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// How far one partition has been fetched, handed out and done with. Changed under the consumer's gate, but for <see cref="Position"/> and <see cref="Completed"/>, which the one thread that
/// consumes moves while it has a batch of the partition in hand.
/// </summary>
internal sealed class PartitionState(TopicPartition partition)
{
    /// <summary>ListOffsets: the first offset, and the one after the last.</summary>
    public const long EarliestTimestamp = -2;
    public const long LatestTimestamp = -1;
    public const long NoOffset = -1;

    private long _position = NoOffset;
    private long _completed = NoOffset;
    private int _isRevoked;

    public TopicPartition Partition => partition;

    public string Topic { get; } = partition.Topic.Value;

    public int Index { get; } = partition.Partition.Value;

    public PartitionPhase Phase { get; set; } = PartitionPhase.NeedsCommitted;

    /// <summary>The id of the topic that positions are of; zero when not known, or when the cluster has none.</summary>
    public Uuid TopicId { get; set; }

    /// <summary>What the next fetch asks for.</summary>
    public long FetchOffset { get; private set; } = NoOffset;

    /// <summary>The leader epoch of the last batch before <see cref="FetchOffset"/>; -1 when not known.</summary>
    public int FetchEpoch { get; private set; } = -1;

    /// <summary>The leader epoch under which the position was last known to be right.</summary>
    public int LeaderEpoch { get; set; } = -1;

    /// <summary>The next offset to hand out.</summary>
    public long Position
    {
        get => Volatile.Read(ref _position);
        set => Volatile.Write(ref _position, value);
    }

    /// <summary>The leader epoch of the batch in which <see cref="Position"/> lies; -1 when not known.</summary>
    public int PositionEpoch { get; set; } = -1;

    /// <summary>The offset after what was handed out and is done with; -1 when nothing was yet.</summary>
    public long Completed
    {
        get => Volatile.Read(ref _completed);
        set => Volatile.Write(ref _completed, value);
    }

    /// <summary>What was last committed; -1 when nothing by this consumer.</summary>
    public long Committed { get; set; } = NoOffset;

    /// <summary>The timestamp of the last record that was handed out; -1 when there was none.</summary>
    public long LastTimestampMs { get; set; } = -1;

    public bool IsPaused { get; set; }

    /// <summary>While the application is told of its assignment nothing is fetched: it may seek.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Set for good when the partition goes: nothing more of it is handed out.</summary>
    public bool IsRevoked
    {
        get => Volatile.Read(ref _isRevoked) != 0;
        set => Volatile.Write(ref _isRevoked, value ? 1 : 0);
    }

    /// <summary>Grows with each seek: what was fetched before is void.</summary>
    public int Incarnation { get; private set; }

    /// <summary>What ListOffsets is asked, in phase <see cref="PartitionPhase.NeedsReset"/>.</summary>
    public long ResetTimestampMs { get; private set; }

    public long HighWatermark { get; set; } = NoOffset;

    public long LastStableOffset { get; set; } = NoOffset;

    public long LogStartOffset { get; set; } = NoOffset;

    /// <summary>A replica that is nearer than the leader (KIP-392); -1 for none.</summary>
    public int PreferredReplica { get; set; } = -1;

    public long PreferredReplicaUntilMs { get; set; }

    /// <summary>Bytes fetched that wait to be handed out.</summary>
    public long BufferedBytes { get; set; }

    /// <summary>Which request of which broker's fetcher asked for it last, and in which incarnation: no other answer is taken.</summary>
    public NodeFetcher? AskedBy { get; set; }

    public long AskedRound { get; set; }

    public int AskedIncarnation { get; set; }

    public long RetryAtMs { get; set; }

    /// <summary>Why the application has to seek.</summary>
    public KafkaException? Failure { get; set; }

    /// <summary>Goes to an offset; what was fetched is void.</summary>
    public void Seek(long offset, int epoch)
    {
        Incarnation++;
        FetchOffset = offset;
        FetchEpoch = epoch;
        Position = offset;
        PositionEpoch = epoch;
        Phase = PartitionPhase.Fetching;
        PreferredReplica = -1;
        Failure = null;
        RetryAtMs = 0;
    }

    /// <summary>Has the offset be found by a timestamp; what was fetched is void.</summary>
    public void Reset(long timestampMs)
    {
        Incarnation++;
        ResetTimestampMs = timestampMs;
        Phase = PartitionPhase.NeedsReset;
        Failure = null;
        RetryAtMs = 0;
    }

    /// <summary>Begins anew, as with a partition that was never read.</summary>
    public void StartOver()
    {
        Incarnation++;
        Phase = PartitionPhase.NeedsCommitted;
        FetchOffset = Position = Completed = Committed = NoOffset;
        FetchEpoch = PositionEpoch = LeaderEpoch = -1;
        HighWatermark = LastStableOffset = LogStartOffset = NoOffset;
        PreferredReplica = -1;
        Failure = null;
        RetryAtMs = 0;
    }

    /// <summary>Goes on behind what was fetched.</summary>
    public void Advance(long nextOffset, int epoch)
    {
        FetchOffset = nextOffset;
        FetchEpoch = epoch;
    }

    /// <summary>How many records behind the end it is, by the last fetch; null when not known.</summary>
    public long? Lag(IsolationLevel isolation)
    {
        var end = isolation == IsolationLevel.ReadCommitted ? LastStableOffset : HighWatermark;
        return end < 0 || Position < 0 ? null : Math.Max(0, end - Position);
    }
}
