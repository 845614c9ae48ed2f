namespace Moldau.Client;

/// <summary>A replica in a log directory. Immutable.</summary>
/// <param name="SizeBytes">How large its log is.</param>
/// <param name="OffsetLag">How many offsets it is behind: the high watermark, or for one that moves the replica that it replaces.</param>
/// <param name="IsFuture">Whether it is on its way into this directory.</param>
public sealed record ReplicaInfo(long SizeBytes, long OffsetLag, bool IsFuture);
