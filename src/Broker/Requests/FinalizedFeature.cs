namespace Moldau.Broker;

/// <summary>The level of a feature that the cluster has agreed on.</summary>
public sealed record FinalizedFeature(string Name, short Level);
