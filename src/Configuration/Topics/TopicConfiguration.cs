namespace Moldau.Configuration;

/// <summary>
/// The effective configuration of one topic: its overrides over the node's dynamic and static values over the defaults. Immutable; made again when the overrides or the node's
/// configuration change. Safe from any thread, cheap to read on the hot path.
/// </summary>
public sealed class TopicConfiguration
{
    internal TopicConfiguration(NodeConfiguration node, IReadOnlyDictionary<string, string> overrides)
    {
        Overrides = overrides;
        var source = new TopicValues(node, overrides);
        SegmentBytes = source.IntOrNull("internal.segment.bytes") ?? source.Int("segment.bytes");
        SegmentMs = source.Long("segment.ms");
        SegmentJitterMs = source.Long("segment.jitter.ms");
        SegmentIndexBytes = source.Int("segment.index.bytes");
        FlushMessages = source.Long("flush.messages");
        FlushMs = source.Long("flush.ms");
        RetentionBytes = source.Long("retention.bytes");
        RetentionMs = source.Long("retention.ms");
        MaxMessageBytes = source.Int("max.message.bytes");
        MaxDecompressedMessageBytes = source.Int("max.decompressed.message.bytes");
        IndexIntervalBytes = source.Int("index.interval.bytes");
        FileDeleteDelayMs = source.Long("file.delete.delay.ms");
        DeleteRetentionMs = source.Long("delete.retention.ms");
        MinCompactionLagMs = source.Long("min.compaction.lag.ms");
        MaxCompactionLagMs = source.Long("max.compaction.lag.ms");
        MinCleanableDirtyRatio = source.Double("min.cleanable.dirty.ratio");
        IReadOnlyList<string> cleanup = source.List("cleanup.policy");
        Compact = cleanup.Contains("compact");
        Delete = cleanup.Contains("delete");
        UncleanLeaderElection = source.Boolean("unclean.leader.election.enable");
        MinInsyncReplicas = source.Int("min.insync.replicas");
        CompressionType = source.Text("compression.type");
        CompressionGzipLevel = source.Int("compression.gzip.level");
        CompressionLz4Level = source.Int("compression.lz4.level");
        CompressionZstdLevel = source.Int("compression.zstd.level");
        Preallocate = source.Boolean("preallocate");
        LogAppendTime = source.Text("message.timestamp.type") == "LogAppendTime";
        MessageTimestampBeforeMaxMs = source.Long("message.timestamp.before.max.ms");
        MessageTimestampAfterMaxMs = source.Long("message.timestamp.after.max.ms");
        LeaderThrottledReplicas = source.List("leader.replication.throttled.replicas");
        FollowerThrottledReplicas = source.List("follower.replication.throttled.replicas");
        RemoteStorage = source.Boolean("remote.storage.enable");
        LocalRetentionMs = source.Long("local.retention.ms") is var ms and not -2 ? ms : RetentionMs;
        LocalRetentionBytes = source.Long("local.retention.bytes") is var bytes and not -2 ? bytes : RetentionBytes;
        Durability = source.Text("durability") switch
        {
            "fsync" => DurabilityMode.Fsync,
            "kafka" => DurabilityMode.Kafka,
            _ => DurabilityMode.Auto,
        };
    }

    /// <summary>What the topic itself sets.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; }

    public int SegmentBytes { get; }

    public long SegmentMs { get; }

    /// <summary>The most that a segment's roll by time is moved ahead by chance.</summary>
    public long SegmentJitterMs { get; }

    public int SegmentIndexBytes { get; }

    public long FlushMessages { get; }

    public long FlushMs { get; }

    /// <summary>-1: no limit.</summary>
    public long RetentionBytes { get; }

    /// <summary>-1: no limit.</summary>
    public long RetentionMs { get; }

    /// <summary>The largest record batch, its 12 bytes of offset and length included.</summary>
    public int MaxMessageBytes { get; }

    /// <summary>The largest record inside a compressed batch.</summary>
    public int MaxDecompressedMessageBytes { get; }

    public int IndexIntervalBytes { get; }

    public long FileDeleteDelayMs { get; }

    public long DeleteRetentionMs { get; }

    public long MinCompactionLagMs { get; }

    public long MaxCompactionLagMs { get; }

    public double MinCleanableDirtyRatio { get; }

    /// <summary>cleanup.policy holds compact.</summary>
    public bool Compact { get; }

    /// <summary>cleanup.policy holds delete.</summary>
    public bool Delete { get; }

    public bool UncleanLeaderElection { get; }

    public int MinInsyncReplicas { get; }

    /// <summary>producer, uncompressed, gzip, snappy, lz4 or zstd.</summary>
    public string CompressionType { get; }

    public int CompressionGzipLevel { get; }

    public int CompressionLz4Level { get; }

    public int CompressionZstdLevel { get; }

    public bool Preallocate { get; }

    /// <summary>True when the broker stamps records, false when they keep the producer's time.</summary>
    public bool LogAppendTime { get; }

    public long MessageTimestampBeforeMaxMs { get; }

    public long MessageTimestampAfterMaxMs { get; }

    /// <summary>partition:broker each, or one "*" for all.</summary>
    public IReadOnlyList<string> LeaderThrottledReplicas { get; }

    /// <summary>partition:broker each, or one "*" for all.</summary>
    public IReadOnlyList<string> FollowerThrottledReplicas { get; }

    public bool RemoteStorage { get; }

    /// <summary>As <see cref="RetentionMs"/> where the topic does not say otherwise.</summary>
    public long LocalRetentionMs { get; }

    /// <summary>As <see cref="RetentionBytes"/> where the topic does not say otherwise.</summary>
    public long LocalRetentionBytes { get; }

    public DurabilityMode Durability { get; }

    /// <summary>How long a segment may stay active: compaction's maximal lag shortens it.</summary>
    public long MaxSegmentMs => Compact && MaxCompactionLagMs > 0 ? Math.Min(MaxCompactionLagMs, SegmentMs) : SegmentMs;
}
