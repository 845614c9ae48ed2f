using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// A record where it lies in what was fetched: nothing is copied. Good until the next batch is asked for (<see cref="Consumer.ConsumeBatchesAsync"/>) or the next record
/// (<see cref="Consumer.ConsumeAsync"/>); copy what must live longer.
/// </summary>
public readonly struct ConsumeRecord
{
    private readonly PartitionState _state;
    private readonly byte[] _bytes;
    private readonly int _keyAt;
    private readonly int _keyLength;
    private readonly int _valueAt;
    private readonly int _valueLength;
    private readonly int _headersAt;
    private readonly int _end;
    private readonly int _headersCount;

    internal ConsumeRecord(
        PartitionState state, byte[] bytes, long offset, long timestampMs, int leaderEpoch, int keyAt, int keyLength, int valueAt, int valueLength, int headersAt, int end, int headersCount,
        bool hasLogAppendTime)
    {
        _state = state;
        _bytes = bytes;
        Offset = offset;
        TimestampMs = timestampMs;
        LeaderEpoch = leaderEpoch;
        _keyAt = keyAt;
        _keyLength = keyLength;
        _valueAt = valueAt;
        _valueLength = valueLength;
        _headersAt = headersAt;
        _end = end;
        _headersCount = headersCount;
        HasLogAppendTime = hasLogAppendTime;
    }

    /// <summary>The topic.</summary>
    public string Topic => _state.Topic;

    /// <summary>The partition's index.</summary>
    public int Partition => _state.Index;

    /// <summary>Topic and partition.</summary>
    public TopicPartition TopicPartition => _state.Partition;

    /// <summary>The offset in the partition.</summary>
    public long Offset { get; }

    /// <summary>Milliseconds since the epoch; -1 for none.</summary>
    public long TimestampMs { get; }

    /// <summary>When it was made, or appended where the topic says so.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(TimestampMs);

    /// <summary>Whether the time is when the broker appended it (<c>message.timestamp.type=LogAppendTime</c>), not when it was made.</summary>
    public bool HasLogAppendTime { get; }

    /// <summary>The leader epoch in which it was written; -1 when not known.</summary>
    public int LeaderEpoch { get; }

    /// <summary>Whether there is a key, which may be empty.</summary>
    public bool HasKey => _keyLength >= 0;

    /// <summary>The key; empty when there is none.</summary>
    public ReadOnlySpan<byte> Key => _bytes.AsSpan(_keyAt, Math.Max(_keyLength, 0));

    /// <summary>The key, for where a span cannot go.</summary>
    public ReadOnlyMemory<byte> KeyMemory => _bytes.AsMemory(_keyAt, Math.Max(_keyLength, 0));

    /// <summary>Whether there is a value, which may be empty; a record without one is a tombstone in a compacted topic.</summary>
    public bool HasValue => _valueLength >= 0;

    /// <summary>The value; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value => _bytes.AsSpan(_valueAt, Math.Max(_valueLength, 0));

    /// <summary>The value, for where a span cannot go.</summary>
    public ReadOnlyMemory<byte> ValueMemory => _bytes.AsMemory(_valueAt, Math.Max(_valueLength, 0));

    /// <summary>How many headers it has.</summary>
    public int HeaderCount => _headersCount;

    /// <summary>The headers in their order, where they lie.</summary>
    public ConsumeHeaders Headers => new(_bytes.AsMemory(_headersAt, _end - _headersAt), _headersCount);
}
