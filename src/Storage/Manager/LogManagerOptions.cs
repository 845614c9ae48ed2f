namespace Moldau.Storage;

/// <summary>What the log manager takes from the node's configuration. The defaults are Apache Kafka's.</summary>
public sealed record LogManagerOptions
{
    /// <summary><c>log.dirs</c>.</summary>
    public required IReadOnlyList<string> LogDirectories { get; init; }

    /// <summary>The cluster that the directories must belong to; null for whichever they say.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The node that they must belong to; null for whichever they say.</summary>
    public int? NodeId { get; init; }

    /// <summary><c>num.recovery.threads.per.data.dir</c>.</summary>
    public int RecoveryThreadsPerDataDir { get; init; } = 2;

    /// <summary><c>log.flush.offset.checkpoint.interval.ms</c>.</summary>
    public long RecoveryPointCheckpointMs { get; init; } = 60000;

    /// <summary><c>log.flush.start.offset.checkpoint.interval.ms</c>.</summary>
    public long LogStartCheckpointMs { get; init; } = 60000;

    /// <summary><c>log.retention.check.interval.ms</c>.</summary>
    public long RetentionCheckMs { get; init; } = 300000;

    /// <summary><c>log.initial.task.delay.ms</c>: how long after the start retention is applied first.</summary>
    public long InitialTaskDelayMs { get; init; } = 30000;

    /// <summary><c>log.flush.scheduler.interval.ms</c>: how often flush.ms is looked at.</summary>
    public long FlushCheckMs { get; init; } = long.MaxValue;

    /// <summary><c>producer.id.expiration.check.interval.ms</c>.</summary>
    public long ProducerExpirationCheckMs { get; init; } = 600000;

    /// <summary>The cleaner's own.</summary>
    public CleanerOptions Cleaner { get; init; } = new();
}
