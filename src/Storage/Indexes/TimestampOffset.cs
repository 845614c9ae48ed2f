namespace Moldau.Storage;

/// <summary>A timestamp in milliseconds (-1 for none) and an offset that goes with it.</summary>
public readonly record struct TimestampOffset(long Timestamp, long Offset);
