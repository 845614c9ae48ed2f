namespace Moldau.Storage;

/// <summary>An offset and, when known, where it lies: the base offset of its segment and the position within the segment's file. Comparing positions tells
/// how many bytes are between two offsets.</summary>
public readonly record struct LogOffsetMetadata(long Offset, long SegmentBaseOffset = LogOffsetMetadata.Unknown, int Position = (int)LogOffsetMetadata.Unknown)
{
    /// <summary>The place that is not known.</summary>
    public const long Unknown = -1;

    /// <summary>Whether the place is not known.</summary>
    public bool IsOffsetOnly => SegmentBaseOffset == Unknown;

    /// <summary>Whether this offset lies in an older segment than the other.</summary>
    public bool IsOnOlderSegment(LogOffsetMetadata other) => !IsOffsetOnly && !other.IsOffsetOnly && SegmentBaseOffset < other.SegmentBaseOffset;

    /// <summary>Whether both lie in the same segment.</summary>
    public bool IsOnSameSegment(LogOffsetMetadata other) => !IsOffsetOnly && SegmentBaseOffset == other.SegmentBaseOffset;

    /// <summary>Bytes from <paramref name="earlier"/> to here; both must lie in the same segment.</summary>
    public int BytesFrom(LogOffsetMetadata earlier) => Position - earlier.Position;
}
