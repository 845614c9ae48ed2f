namespace Moldau.Metadata;

/// <summary>A level that another feature must have at least (KIP-1022).</summary>
public readonly record struct FeatureDependency(string Feature, short Level);
