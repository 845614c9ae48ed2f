using System.Runtime.CompilerServices;
using Moldau.Configuration;
using Moldau.Records;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>Turns the effective configuration of a topic into that of its logs.</summary>
public static class LogConfigs
{
    private static readonly ConditionalWeakTable<TopicConfiguration, LogConfig> Known = [];

    /// <summary>The same object for the same topic configuration: a node has many partitions, and few configurations of topics.</summary>
    public static LogConfig From(TopicConfiguration topic, NodeConfiguration node) => Known.GetValue(topic, _ => Make(topic, node));

    private static LogConfig Make(TopicConfiguration topic, NodeConfiguration node) => new()
    {
        SegmentBytes = topic.SegmentBytes,
        SegmentMs = topic.MaxSegmentMs,
        SegmentJitterMs = topic.SegmentJitterMs,
        SegmentIndexBytes = topic.SegmentIndexBytes,
        IndexIntervalBytes = topic.IndexIntervalBytes,
        FlushMessages = topic.FlushMessages,
        FlushMs = topic.FlushMs,
        RetentionBytes = topic.RetentionBytes,
        RetentionMs = topic.RetentionMs,
        Delete = topic.Delete,
        Compact = topic.Compact,
        MaxMessageBytes = topic.MaxMessageBytes,
        FileDeleteDelayMs = topic.FileDeleteDelayMs,
        DeleteRetentionMs = topic.DeleteRetentionMs,
        MinCompactionLagMs = topic.MinCompactionLagMs,
        MaxCompactionLagMs = topic.MaxCompactionLagMs,
        MinCleanableDirtyRatio = topic.MinCleanableDirtyRatio,
        Preallocate = topic.Preallocate,
        DurableAppends = topic.Durability != DurabilityMode.Kafka,
        Compression = CompressionOf(topic),
        LogAppendTime = topic.LogAppendTime,
        MessageTimestampBeforeMaxMs = topic.MessageTimestampBeforeMaxMs,
        MessageTimestampAfterMaxMs = topic.MessageTimestampAfterMaxMs,
        MaxDecompressedMessageBytes = topic.MaxDecompressedMessageBytes,
        ProducerIdExpirationMs = node.ProducerIdExpirationMs,
        TransactionVerificationEnabled = node.Boolean("transaction.partition.verification.enable"),
    };

    /// <summary>What the leader stores batches with (KIP-390, KIP-780); null keeps what the producer chose.</summary>
    private static RecordCompression? CompressionOf(TopicConfiguration topic) => topic.CompressionType switch
    {
        "producer" => null,
        "gzip" => RecordCompression.Of(CompressionType.Gzip, topic.CompressionGzipLevel),
        "snappy" => RecordCompression.Of(CompressionType.Snappy),
        "lz4" => RecordCompression.Of(CompressionType.Lz4, topic.CompressionLz4Level),
        "zstd" => RecordCompression.Of(CompressionType.Zstd, topic.CompressionZstdLevel),
        _ => RecordCompression.None,
    };
}
