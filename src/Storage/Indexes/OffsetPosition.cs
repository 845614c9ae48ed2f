namespace Moldau.Storage;

/// <summary>An offset, and where in the segment's log file it is found or a search for it begins.</summary>
internal readonly record struct OffsetPosition(long Offset, int Position);
