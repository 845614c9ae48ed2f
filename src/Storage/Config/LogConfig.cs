using Moldau.Records;

namespace Moldau.Storage;

/// <summary>
/// The configuration of one partition's log: the topic keys that concern it, resolved against the broker's defaults by whoever builds it. Immutable; a
/// change is a new object handed to
/// <see cref="PartitionLog.UpdateConfig"/>, and takes effect with the next operation. The defaults are Apache Kafka's.
/// </summary>
public sealed partial record LogConfig
{
    /// <summary>All defaults.</summary>
    public static LogConfig Default { get; } = new();

    /// <summary><c>segment.bytes</c>: a segment that would grow beyond is rolled.</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary><c>segment.ms</c>: a segment whose first record is older than this is rolled with the next append.</summary>
    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>segment.jitter.ms</c>: rolls by time are spread by at most this much.</summary>
    public long SegmentJitterMs { get; init; }

    /// <summary><c>segment.index.bytes</c>: the size of an index that makes its segment roll.</summary>
    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary><c>index.interval.bytes</c>: about so many bytes of batches lie between two index entries.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary><c>flush.messages</c>: fsync after so many records.</summary>
    public long FlushMessages { get; init; } = long.MaxValue;

    /// <summary><c>flush.ms</c>: fsync when unflushed records are older than this.</summary>
    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary><c>retention.bytes</c>: the oldest segments go when the log is larger; negative for no bound.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary><c>retention.ms</c>: segments whose newest record is older go; negative for no bound.</summary>
    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>cleanup.policy</c> contains <c>delete</c>.</summary>
    public bool Delete { get; init; } = true;

    /// <summary><c>cleanup.policy</c> contains <c>compact</c>.</summary>
    public bool Compact { get; init; }

    /// <summary><c>max.message.bytes</c>: the largest batch, offset and length included.</summary>
    public int MaxMessageBytes { get; init; } = 1048588;

    /// <summary><c>file.delete.delay.ms</c>: how long files that are no longer part of the log stay under another name.</summary>
    public long FileDeleteDelayMs { get; init; } = 60000;

    /// <summary><c>delete.retention.ms</c>: how long tombstones and markers of compacted logs stay.</summary>
    public long DeleteRetentionMs { get; init; } = 24L * 60 * 60 * 1000;

    /// <summary><c>min.compaction.lag.ms</c>: records younger than this are not compacted.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary><c>max.compaction.lag.ms</c>: records older than this make the log be compacted.</summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary><c>min.cleanable.dirty.ratio</c>: the part of a log that must be dirty before it is compacted.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary><c>preallocate</c>: a new segment takes its whole size at once.</summary>
    public bool Preallocate { get; init; }

    /// <summary><c>compression.type</c> with its level; null is <c>producer</c>: as batches come.</summary>
    public RecordCompression? Compression { get; init; }

    /// <summary><c>message.timestamp.type</c> is LogAppendTime: the leader stamps batches when it appends them.</summary>
    public bool LogAppendTime { get; init; }

    /// <summary><c>message.timestamp.before.max.ms</c>: how far behind the clock a record's timestamp may be.</summary>
    public long MessageTimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary><c>message.timestamp.after.max.ms</c>: how far ahead of the clock it may be.</summary>
    public long MessageTimestampAfterMaxMs { get; init; } = 60L * 60 * 1000;

    /// <summary><c>max.decompressed.message.bytes</c>: the largest record that a compressed batch may hold.</summary>
    public int MaxDecompressedMessageBytes { get; init; } = int.MaxValue;

    /// <summary><c>remote.storage.enable</c>: old segments move to tiered storage (KIP-405).</summary>
    public bool RemoteStorageEnable { get; init; }

    /// <summary><c>remote.log.copy.disable</c>: no new segments move there.</summary>
    public bool RemoteLogCopyDisable { get; init; }

    /// <summary><c>local.retention.ms</c>; -2 stands for retention.ms.</summary>
    public long LocalRetentionMs { get; init; } = -2;

    /// <summary><c>local.retention.bytes</c>; -2 stands for retention.bytes.</summary>
    public long LocalRetentionBytes { get; init; } = -2;

    /// <summary><c>producer.id.expiration.ms</c>, a key of the broker: silent producers are forgotten after this.</summary>
    public long ProducerIdExpirationMs { get; init; } = 24L * 60 * 60 * 1000;

    /// <summary><c>transaction.partition.verification.enable</c>, a key of the broker (KIP-890).</summary>
    public bool TransactionVerificationEnabled { get; init; } = true;

    /// <summary>
    /// Appends are, or may be, durable before they are acknowledged: blocks are reserved ahead of the log's end, so that a sync costs little. To wait for the sync is for the log's owner
    /// (<see cref="PartitionLog.RequestSync"/>, or <see cref="PartitionLog.Flush"/>).
    /// </summary>
    public bool DurableAppends { get; init; }

    /// <summary>With <see cref="DurableAppends"/>: at least so many bytes are kept reserved behind the log's end, as long as there is space.</summary>
    public int ReservedBytesMin { get; init; } = 32 * 1024;

    /// <summary>Whether the segments of a log with this configuration move to tiered storage.</summary>
    public bool IsRemoteEnabled => RemoteStorageEnable && !Compact;

    /// <summary>The time that local segments are kept; negative for ever.</summary>
    public long EffectiveLocalRetentionMs => IsRemoteEnabled && !RemoteLogCopyDisable && LocalRetentionMs != -2 ? LocalRetentionMs : RetentionMs;

    /// <summary>The size that local segments may have; negative for no bound.</summary>
    public long EffectiveLocalRetentionBytes => IsRemoteEnabled && !RemoteLogCopyDisable && LocalRetentionBytes != -2 ? LocalRetentionBytes : RetentionBytes;
}
