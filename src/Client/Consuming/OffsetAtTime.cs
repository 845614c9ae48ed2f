namespace Moldau.Client;

/// <summary>An offset that was looked up by time. Immutable.</summary>
/// <param name="Offset">The first offset whose record is not older; -1 when there is none.</param>
/// <param name="TimestampMs">That record's timestamp; -1 when not known.</param>
/// <param name="LeaderEpoch">The epoch in which it was written; -1 when not known.</param>
public readonly record struct OffsetAtTime(long Offset, long TimestampMs, int LeaderEpoch);
