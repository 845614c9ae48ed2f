using Moldau.Core;

namespace Moldau.Client;

/// <summary>A record with its key and value as the application's types. They are its own; headers are read on demand, and good until the next record is asked for.</summary>
public readonly struct ConsumeRecord<TKey, TValue>
{
    internal ConsumeRecord(in ConsumeRecord raw, TKey key, TValue value)
    {
        Raw = raw;
        Key = key;
        Value = value;
    }

    /// <summary>The record as bytes; good until the next one is asked for.</summary>
    public ConsumeRecord Raw { get; }

    /// <summary>The key.</summary>
    public TKey Key { get; }

    /// <summary>The value.</summary>
    public TValue Value { get; }

    /// <summary>The topic.</summary>
    public string Topic => Raw.Topic;

    /// <summary>The partition's index.</summary>
    public int Partition => Raw.Partition;

    /// <summary>Topic and partition.</summary>
    public TopicPartition TopicPartition => Raw.TopicPartition;

    /// <summary>The offset in the partition.</summary>
    public long Offset => Raw.Offset;

    /// <summary>When it was made, or appended where the topic says so.</summary>
    public DateTimeOffset Timestamp => Raw.Timestamp;

    /// <summary>The headers, where they lie.</summary>
    public ConsumeHeaders Headers => Raw.Headers;
}
