namespace Moldau.Storage;

/// <summary>The answer to a lookup by time: a record's timestamp (-1 for the special lookups), its offset, and the leader epoch it was appended in (null
/// when not known).</summary>
public readonly record struct OffsetForTimestamp(long Timestamp, long Offset, int? LeaderEpoch);
