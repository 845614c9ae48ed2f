namespace Moldau.Client;

/// <summary>The levels of a feature that a broker can work with, or that the cluster works at. Immutable.</summary>
public sealed record FeatureVersions(short MinVersion, short MaxVersion);
