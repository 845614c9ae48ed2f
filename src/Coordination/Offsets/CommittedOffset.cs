using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>What a group has committed for one partition. Immutable.</summary>
/// <param name="RecordOffset">The offset of its record in the log; -1 before it has one.</param>
/// <param name="Offset">The next offset to read.</param>
/// <param name="LeaderEpoch">The leader epoch of the last record that was read; -1 for none.</param>
/// <param name="Metadata">What the committer wants to remember.</param>
/// <param name="CommitTimestampMs">When it was committed, in ms since the epoch.</param>
/// <param name="ExpireTimestampMs">When it expires, as old clients could say; null leaves it to the group's retention.</param>
/// <param name="TopicId">The topic's id when it was committed; zero when that was not known.</param>
public sealed record CommittedOffset(
    long RecordOffset,
    long Offset,
    int LeaderEpoch,
    string Metadata,
    long CommitTimestampMs,
    long? ExpireTimestampMs,
    Uuid TopicId);
