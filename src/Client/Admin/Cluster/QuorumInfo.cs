using Moldau.Core;

namespace Moldau.Client;

/// <summary>The metadata quorum (KIP-836). Immutable.</summary>
/// <param name="LeaderId">The active controller.</param>
/// <param name="LeaderEpoch">Its epoch.</param>
/// <param name="HighWatermark">How far the metadata log is committed.</param>
/// <param name="Voters">Those that vote.</param>
/// <param name="Observers">Those that only follow.</param>
/// <param name="Nodes">Where the voters listen (KIP-853); empty from brokers before 3.9.</param>
public sealed record QuorumInfo(
    int LeaderId,
    int LeaderEpoch,
    long HighWatermark,
    IReadOnlyList<QuorumReplicaState> Voters,
    IReadOnlyList<QuorumReplicaState> Observers,
    IReadOnlyDictionary<int, IReadOnlyList<RaftVoterEndpoint>> Nodes);
