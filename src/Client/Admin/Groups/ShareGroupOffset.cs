using Moldau.Core;

namespace Moldau.Client;

/// <summary>How far a share group has come in a partition. Immutable.</summary>
/// <param name="StartOffset">The first offset that is not done with.</param>
/// <param name="LeaderEpoch">The leader epoch there; null when not known.</param>
/// <param name="Lag">How many records are not done with (KIP-1226); null when the broker does not tell.</param>
public sealed record ShareGroupOffset(long StartOffset, int? LeaderEpoch, long? Lag);
