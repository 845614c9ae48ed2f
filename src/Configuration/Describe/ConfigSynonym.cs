namespace Moldau.Configuration;

/// <summary>One place that gives, or would give, a key its value. The value of a sensitive key is null.</summary>
public readonly record struct ConfigSynonym(string Name, string? Value, ConfigSource Source);
