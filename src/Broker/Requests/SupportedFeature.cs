namespace Moldau.Broker;

/// <summary>The levels of a feature that a node supports.</summary>
public sealed record SupportedFeature(string Name, short LowestLevel, short HighestLevel);
