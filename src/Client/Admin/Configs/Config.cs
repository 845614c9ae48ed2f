namespace Moldau.Client;

/// <summary>The configuration of one resource. Immutable; safe from any thread.</summary>
public sealed class Config(IReadOnlyList<ConfigEntry> entries)
{
    private readonly Dictionary<string, ConfigEntry> _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>All keys, as the broker gave them.</summary>
    public IReadOnlyList<ConfigEntry> Entries => entries;

    /// <summary>One key; null when the resource does not have it.</summary>
    public ConfigEntry? Get(string name) => _byName.GetValueOrDefault(name);
}
