namespace Moldau.Storage;

/// <summary>A log's offsets at one moment.</summary>
public readonly record struct LogOffsets(long LogStartOffset, LogOffsetMetadata LogEndOffset, LogOffsetMetadata HighWatermark,
    LogOffsetMetadata LastStableOffset);
