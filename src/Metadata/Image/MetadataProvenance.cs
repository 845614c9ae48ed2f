namespace Moldau.Metadata;

/// <summary>Up to where in the metadata log an image reaches.</summary>
/// <param name="LastContainedOffset">Offset of the last record in the image; -1 for the empty image.</param>
/// <param name="LastContainedEpoch">Leader epoch of that record; -1 for the empty image.</param>
/// <param name="LastContainedLogTimeMs">Append time of its batch, milliseconds since the epoch; -1 for the empty image.</param>
/// <param name="IsOffsetBatchAligned">True when the record is the last of its batch: only such an image can become a snapshot.</param>
public readonly record struct MetadataProvenance(long LastContainedOffset, int LastContainedEpoch, long LastContainedLogTimeMs, bool IsOffsetBatchAligned)
{
    public static readonly MetadataProvenance Empty = new(-1, -1, -1, false);

    /// <summary>The name of the snapshot that such an image makes: offset and epoch as in <c>…-….checkpoint</c>, where the offset is exclusive.</summary>
    public string SnapshotName => $"{LastContainedOffset + 1:D20}-{LastContainedEpoch:D10}";
}
