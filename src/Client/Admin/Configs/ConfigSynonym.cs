namespace Moldau.Client;

/// <summary>A value that would hold if those before it were not set. Immutable.</summary>
public sealed record ConfigSynonym(string Name, string? Value, ConfigSource Source);
