namespace Moldau.Client;

/// <summary>In which directories a replica is. Immutable.</summary>
/// <param name="CurrentReplicaLogDir">The directory that it is served from; null when the broker has no such replica.</param>
/// <param name="CurrentReplicaOffsetLag">How many offsets it is behind the high watermark.</param>
/// <param name="FutureReplicaLogDir">The directory that it moves to; null when it stays.</param>
/// <param name="FutureReplicaOffsetLag">How many offsets of the move are left.</param>
public sealed record ReplicaLogDirInfo(string? CurrentReplicaLogDir, long CurrentReplicaOffsetLag, string? FutureReplicaLogDir, long FutureReplicaOffsetLag);
