using System.Diagnostics.CodeAnalysis;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// A record to send. On the stack only: its bytes are copied before the call that takes it returns, but for the values of <see cref="Headers"/>, which must stay as they are until the call's task has
/// ended. A key or value that is not set is null, which differs from an empty one: a record without a value is a tombstone.
/// </summary>
public ref struct ProducerRecord
{
    /// <summary>A record with neither key nor value, for an initializer. Without this constructor <c>new() { … }</c> would leave partition and timestamp 0.</summary>
    public ProducerRecord()
    {
    }

    /// <summary>A record without a key.</summary>
    [SetsRequiredMembers]
    public ProducerRecord(string topic, ReadOnlySpan<byte> value)
    {
        Topic = topic;
        Value = value;
    }

    /// <summary>A record with a key.</summary>
    [SetsRequiredMembers]
    public ProducerRecord(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Topic = topic;
        Key = key;
        Value = value;
    }

    /// <summary>The topic.</summary>
    public required string Topic { get; set; }

    /// <summary>The partition; <see cref="Partitioner.Any"/> to have the partitioner choose.</summary>
    public int Partition { get; set; } = Partitioner.Any;

    /// <summary>The timestamp in ms since the epoch; -1 for now.</summary>
    public long Timestamp { get; set; } = RecordBatchLayout.NoTimestamp;

    /// <summary>Whether there is a key. Setting <see cref="Key"/> makes it true.</summary>
    public bool HasKey { get; private set; }

    /// <summary>The key; empty when there is none.</summary>
    public ReadOnlySpan<byte> Key
    {
        readonly get;
        set
        {
            field = value;
            HasKey = true;
        }
    }

    /// <summary>Whether there is a value. Setting <see cref="Value"/> makes it true.</summary>
    public bool HasValue { get; private set; }

    /// <summary>The value; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value
    {
        readonly get;
        set
        {
            field = value;
            HasValue = true;
        }
    }

    /// <summary>The headers.</summary>
    public ReadOnlySpan<RecordHeader> Headers { get; set; }

    /// <summary>Takes the key away.</summary>
    public void ClearKey()
    {
        Key = default;
        HasKey = false;
    }

    /// <summary>Takes the value away: the record is a tombstone.</summary>
    public void ClearValue()
    {
        Value = default;
        HasValue = false;
    }

    internal readonly RecordParts Parts => new() { HasKey = HasKey, Key = Key, HasValue = HasValue, Value = Value, Headers = Headers };
}
