namespace Moldau.Coordination;

/// <summary>The topics that matched a group's pattern when it was looked up last. Immutable.</summary>
/// <param name="Topics">Those that matched and that the member who asked may describe.</param>
/// <param name="Version">The offset of the metadata in which they were looked up.</param>
/// <param name="TimestampMs">When they were looked up, in milliseconds since the epoch.</param>
public sealed record ResolvedPattern(TopicNameSet Topics, long Version, long TimestampMs);
