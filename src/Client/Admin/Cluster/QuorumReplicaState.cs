using Moldau.Core;

namespace Moldau.Client;

/// <summary>One replica of the metadata log. Immutable.</summary>
/// <param name="ReplicaId">The node.</param>
/// <param name="ReplicaDirectoryId">Its directory; zero from brokers before 3.9.</param>
/// <param name="LogEndOffset">How far it has come; -1 when the leader does not know yet.</param>
/// <param name="LastFetchTimestamp">When it last fetched; null when not known.</param>
/// <param name="LastCaughtUpTimestamp">When it last had all; null when not known.</param>
public sealed record QuorumReplicaState(int ReplicaId, Uuid ReplicaDirectoryId, long LogEndOffset, DateTimeOffset? LastFetchTimestamp, DateTimeOffset? LastCaughtUpTimestamp);
