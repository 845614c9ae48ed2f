using Moldau.Core;

namespace Moldau.Client;

/// <summary>How one record ended. On the stack only: key and value lie in the producer's memory, which is used again when the handler has returned.</summary>
public readonly ref struct DeliveryReport
{
    private readonly int _index;
    private readonly long _baseOffset;

    internal DeliveryReport(string topic, int partition, BatchRecord record, in DeliveryOutcome outcome)
    {
        Topic = topic;
        Partition = partition;
        Failure = outcome.FailureOf(record.Index);
        _index = record.Index;
        _baseOffset = outcome.BaseOffset;
        Timestamp = outcome.LogAppendTimeMs >= 0 ? outcome.LogAppendTimeMs : record.Timestamp;
        ReadOnlySpan<byte> rest = record.AfterDeltas;
        Key = Take(ref rest, out bool hasKey);
        HasKey = hasKey;
        Value = Take(ref rest, out bool hasValue);
        HasValue = hasValue;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The partition that the record went to, or was meant for.</summary>
    public int Partition { get; }

    /// <summary>Null when the broker has the record.</summary>
    public KafkaException? Failure { get; }

    /// <summary>The record's offset; -1 when it failed or the broker did not say.</summary>
    public long Offset => Failure is not null || _baseOffset < 0 ? -1 : _baseOffset + _index;

    /// <summary>Its timestamp, in ms since the epoch.</summary>
    public long Timestamp { get; }

    /// <summary>Whether the record has a key.</summary>
    public bool HasKey { get; }

    /// <summary>The key; empty when there is none.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>Whether the record has a value.</summary>
    public bool HasValue { get; }

    /// <summary>The value; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value { get; }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, out bool isPresent)
    {
        int prefix = VarInt.ReadSigned32(rest, out int length);
        isPresent = length >= 0;
        ReadOnlySpan<byte> taken = rest.Slice(prefix, Math.Max(0, length));
        rest = rest[(prefix + taken.Length)..];
        return taken;
    }
}
