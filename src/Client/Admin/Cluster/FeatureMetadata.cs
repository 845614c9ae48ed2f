namespace Moldau.Client;

/// <summary>The features of the cluster, as one broker tells of them (KIP-584). Immutable.</summary>
/// <param name="FinalizedFeatures">The levels that the cluster works at.</param>
/// <param name="FinalizedFeaturesEpoch">Which change of them this is; null when none was made.</param>
/// <param name="SupportedFeatures">The levels that the broker can work with.</param>
public sealed record FeatureMetadata(
    IReadOnlyDictionary<string, FeatureVersions> FinalizedFeatures, long? FinalizedFeaturesEpoch, IReadOnlyDictionary<string, FeatureVersions> SupportedFeatures);
