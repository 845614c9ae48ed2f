namespace Moldau.Client;

/// <summary>The level that a feature shall have. Immutable.</summary>
/// <param name="MaxVersionLevel">The level; 0 takes the feature away.</param>
/// <param name="UpgradeType">Which way that is.</param>
public sealed record FeatureUpdate(short MaxVersionLevel, FeatureUpgradeType UpgradeType = FeatureUpgradeType.Upgrade);
