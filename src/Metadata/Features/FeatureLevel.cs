namespace Moldau.Metadata;

/// <summary>
/// One level of a feature: from which metadata.version a new cluster gets it by default, and what it needs of other features.
/// </summary>
public sealed record FeatureLevel(short Level, MetadataVersion DefaultFrom, params FeatureDependency[] Needs);
