namespace Moldau.Storage;

/// <summary>What the cleaner has to tell: the figures behind Apache Kafka's metrics of LogCleaner and LogCleanerManager, taken at one moment.</summary>
public sealed record CleanerStatus
{
    /// <summary>How many logs are being compacted now.</summary>
    public required int Running { get; init; }

    /// <summary>Compactions that came to their end since the start.</summary>
    public required long Compactions { get; init; }

    /// <summary>Bytes that they read.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Bytes that they wrote.</summary>
    public required long BytesWritten { get; init; }

    /// <summary>The memory that keys take now.</summary>
    public required long MapBytes { get; init; }

    /// <summary><c>max-buffer-utilization-percent</c> of the last compactions.</summary>
    public required int MaxBufferUtilizationPercent { get; init; }

    /// <summary><c>cleaner-recopy-percent</c> of the last compactions.</summary>
    public required int RecopyPercent { get; init; }

    /// <summary><c>max-clean-time-secs</c> of the last compactions.</summary>
    public required long MaxCleanTimeSeconds { get; init; }

    /// <summary><c>max-compaction-delay-secs</c>: how long records wait beyond max.compaction.lag.ms.</summary>
    public required long MaxCompactionDelaySeconds { get; init; }

    /// <summary><c>max-dirty-percent</c>: of the dirtiest log when the cleaner last looked.</summary>
    public required int MaxDirtyPercent { get; init; }

    /// <summary><c>time-since-last-run-ms</c>: since the cleaner last looked.</summary>
    public required long SinceLastRunMs { get; init; }

    /// <summary>The logs that are not compacted any more as they could not be, with the reason, by directory of the log: <c>uncleanable-partitions-count</c>.</summary>
    public required IReadOnlyList<UncleanableLog> Uncleanable { get; init; }
}
