using Moldau.Core;

namespace Moldau.Client;

/// <summary>A position that a group commits. Immutable.</summary>
/// <param name="Offset">The offset of the next record to read.</param>
/// <param name="LeaderEpoch">The leader epoch of the last record read, by which a truncation is found out (KIP-320); null when not known.</param>
/// <param name="Metadata">A note of the application.</param>
public sealed record OffsetAndMetadata(long Offset, int? LeaderEpoch = null, string Metadata = "");
