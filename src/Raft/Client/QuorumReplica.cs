namespace Moldau.Raft;

/// <summary>A replica's progress as its leader sees it; -1 where unknown. Timestamps are milliseconds of the epoch.</summary>
public sealed record QuorumReplica(ReplicaKey Key, long LogEndOffset, long LastFetchTimestampMs, long LastCaughtUpTimestampMs);
