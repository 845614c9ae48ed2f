namespace Moldau.Client;

/// <summary>How a batch ended.</summary>
internal readonly record struct DeliveryOutcome
{
    /// <summary>The offset of its first record; -1 when not known.</summary>
    public long BaseOffset { get; init; }

    /// <summary>The timestamp that the broker gave to all records; -1 when they keep their own.</summary>
    public long LogAppendTimeMs { get; init; }

    /// <summary>Null when the broker has the batch.</summary>
    public KafkaException? Failure { get; init; }

    /// <summary>The records that the broker did not take, with what it said of each (KIP-467); those of the batch that are not named here failed along with them.</summary>
    public Dictionary<int, KafkaException>? RecordFailures { get; init; }

    public static DeliveryOutcome Success(long baseOffset, long logAppendTimeMs) => new() { BaseOffset = baseOffset, LogAppendTimeMs = logAppendTimeMs };

    public static DeliveryOutcome Failed(KafkaException failure) => new() { BaseOffset = -1, LogAppendTimeMs = -1, Failure = failure };

    /// <summary>The failure of one record; null when there is none.</summary>
    public KafkaException? FailureOf(int index) => RecordFailures?.GetValueOrDefault(index) ?? Failure;
}
