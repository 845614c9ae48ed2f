namespace Moldau.Configuration;

/// <summary>One key as DescribeConfigs answers it.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">The effective value; null when it is null or sensitive.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="IsSensitive">True for passwords and for keys of plugins, whose nature is not known.</param>
/// <param name="IsReadOnly">True when it cannot be changed while the node runs.</param>
/// <param name="Type">Type code; unknown for keys of plugins.</param>
/// <param name="Synonyms">All sources, the strongest first; empty unless asked for.</param>
/// <param name="Documentation">Null unless asked for.</param>
public sealed record ConfigEntry(
    string Name,
    string? Value,
    ConfigSource Source,
    bool IsSensitive,
    bool IsReadOnly,
    ConfigType Type,
    IReadOnlyList<ConfigSynonym> Synonyms,
    string? Documentation);
