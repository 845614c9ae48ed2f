namespace Moldau.Client;

/// <summary>One key of a configuration. Immutable.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">Its value; null when it has none, or is secret.</param>
/// <param name="Source">Where the value comes from.</param>
public sealed record ConfigEntry(string Name, string? Value, ConfigSource Source)
{
    /// <summary>Whether the value is secret; it is then not told.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>Whether it can only be changed in the server's properties.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>What its values look like.</summary>
    public ConfigType Type { get; init; }

    /// <summary>What it does, when that was asked for and the broker tells.</summary>
    public string? Documentation { get; init; }

    /// <summary>All values of the key, the one that holds first; when they were asked for.</summary>
    public IReadOnlyList<ConfigSynonym> Synonyms { get; init; } = [];

    /// <summary>Whether nobody has set it.</summary>
    public bool IsDefault => Source == ConfigSource.DefaultConfig;
}
