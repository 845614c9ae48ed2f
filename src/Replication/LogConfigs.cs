using Moldau.Configuration;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>Turns the effective configuration of a topic into that of its logs.</summary>
public static class LogConfigs
{
    public static LogConfig From(TopicConfiguration topic, NodeConfiguration node) => new()
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
        LogAppendTime = topic.LogAppendTime,
        MessageTimestampBeforeMaxMs = topic.MessageTimestampBeforeMaxMs,
        MessageTimestampAfterMaxMs = topic.MessageTimestampAfterMaxMs,
        MaxDecompressedMessageBytes = topic.MaxDecompressedMessageBytes,
        ProducerIdExpirationMs = node.ProducerIdExpirationMs,
    };
}
