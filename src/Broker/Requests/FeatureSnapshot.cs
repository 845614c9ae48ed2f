namespace Moldau.Broker;

/// <summary>Features at one moment.</summary>
/// <param name="Supported">What this node supports.</param>
/// <param name="FinalizedEpoch">The metadata offset of the finalized levels; -1 while unknown.</param>
/// <param name="Finalized">The levels that the cluster has agreed on, metadata.version among them.</param>
public sealed record FeatureSnapshot(IReadOnlyList<SupportedFeature> Supported, long FinalizedEpoch, IReadOnlyList<FinalizedFeature> Finalized);
