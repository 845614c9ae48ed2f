namespace Moldau.Configuration;

/// <summary>The log manager's settings. What a topic may override is in <see cref="TopicDefaults"/>; here is the rest, and the broker's own values of it.</summary>
public sealed partial class NodeConfiguration
{
    public long LogRetentionCheckIntervalMs { get; private set; }

    public long LogFlushSchedulerIntervalMs { get; private set; }

    public int LogFlushOffsetCheckpointIntervalMs { get; private set; }

    public int LogFlushStartOffsetCheckpointIntervalMs { get; private set; }

    public long LogInitialTaskDelayMs { get; private set; }

    public long LogDirFailureTimeoutMs { get; private set; }

    public int NumRecoveryThreadsPerDataDir { get; private set; }

    public int ProducerIdExpirationMs { get; private set; }

    public int ProducerIdExpirationCheckIntervalMs { get; private set; }

    /// <summary>log.cleaner.enable; false leaves compacted topics uncompacted.</summary>
    public bool LogCleanerEnable { get; private set; }

    public int LogCleanerThreads { get; private set; }

    public long LogCleanerBackoffMs { get; private set; }

    public long LogCleanerDedupeBufferBytes { get; private set; }

    public double LogCleanerIoBufferLoadFactor { get; private set; }

    public int LogCleanerIoBufferBytes { get; private set; }

    public double LogCleanerIoMaxBytesPerSecond { get; private set; }

    /// <summary>log.retention.ms, else .minutes, else .hours; -1 keeps records for ever.</summary>
    public long LogRetentionMs { get; private set; }

    /// <summary>log.roll.ms, else .hours.</summary>
    public long LogRollMs { get; private set; }

    /// <summary>log.roll.jitter.ms, else .hours.</summary>
    public long LogRollJitterMs { get; private set; }

    /// <summary>log.flush.interval.ms, else log.flush.scheduler.interval.ms.</summary>
    public long LogFlushIntervalMs { get; private set; }

    private void ReadLog()
    {
        const long HourMs = 3_600_000;
        LogRetentionCheckIntervalMs = Long("log.retention.check.interval.ms");
        LogFlushSchedulerIntervalMs = Long("log.flush.scheduler.interval.ms");
        LogFlushOffsetCheckpointIntervalMs = Int("log.flush.offset.checkpoint.interval.ms");
        LogFlushStartOffsetCheckpointIntervalMs = Int("log.flush.start.offset.checkpoint.interval.ms");
        LogInitialTaskDelayMs = Long("log.initial.task.delay.ms");
        LogDirFailureTimeoutMs = Long("log.dir.failure.timeout.ms");
        NumRecoveryThreadsPerDataDir = Int("num.recovery.threads.per.data.dir");
        ProducerIdExpirationMs = Int("producer.id.expiration.ms");
        ProducerIdExpirationCheckIntervalMs = Int("producer.id.expiration.check.interval.ms");
        LogCleanerEnable = Boolean("log.cleaner.enable");
        LogCleanerThreads = Int("log.cleaner.threads");
        LogCleanerBackoffMs = Long("log.cleaner.backoff.ms");
        LogCleanerDedupeBufferBytes = Long("log.cleaner.dedupe.buffer.size");
        LogCleanerIoBufferLoadFactor = Double("log.cleaner.io.buffer.load.factor");
        LogCleanerIoBufferBytes = Int("log.cleaner.io.buffer.size");
        LogCleanerIoMaxBytesPerSecond = Double("log.cleaner.io.max.bytes.per.second");
        long retentionMs = FirstMs(("log.retention.ms", 1), ("log.retention.minutes", 60_000), ("log.retention.hours", HourMs));
        LogRetentionMs = retentionMs < 0 ? -1 : retentionMs;
        LogRollMs = FirstMs(("log.roll.ms", 1), ("log.roll.hours", HourMs));
        LogRollJitterMs = FirstMs(("log.roll.jitter.ms", 1), ("log.roll.jitter.hours", HourMs));
        LogFlushIntervalMs = FirstMs(("log.flush.interval.ms", 1), ("log.flush.scheduler.interval.ms", 1));
    }
}
