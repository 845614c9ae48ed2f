namespace Moldau.Records;

/// <summary>What a topic's configuration demands of records that are appended. Immutable; make a new one when the configuration changes.</summary>
public sealed record AppendSettings
{
    /// <summary><c>message.timestamp.type</c>.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary><c>message.timestamp.before.max.ms</c>: how far a timestamp may lie in the past.</summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary><c>message.timestamp.after.max.ms</c>: how far a timestamp may lie in the future.</summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary><c>compression.type</c> with its level; null is <c>producer</c>: as the batch came.</summary>
    public RecordCompression? Compression { get; init; }

    /// <summary>Whether <c>cleanup.policy</c> has <c>compact</c>, so that each record needs a key.</summary>
    public bool IsCompacted { get; init; }

    /// <summary><c>max.message.bytes</c>: the largest batch, its first twelve bytes included.</summary>
    public int MessageBytesMax { get; init; } = 1_048_588;

    /// <summary><c>max.decompressed.message.bytes</c>: the largest record within a compressed batch.</summary>
    public int DecompressedMessageBytesMax { get; init; } = RecordReader.RecordBytesMaxDefault;

    /// <summary>The most that all records of a compressed batch may take when decompressed; Kafka has no such limit.</summary>
    public int DecompressedBatchBytesMax { get; init; } = RecordDecompressor.BatchBytesMaxDefault;
}
