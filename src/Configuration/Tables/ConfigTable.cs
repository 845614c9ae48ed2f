using System.Diagnostics.CodeAnalysis;

namespace Moldau.Configuration;

/// <summary>All keys of one kind of resource, in ordinal order of name. Immutable; safe from any thread.</summary>
public sealed class ConfigTable
{
    private readonly Dictionary<string, ConfigKey> _byName;
    private readonly string _kind;

    internal ConfigTable(string kind, List<ConfigKey> keys)
    {
        _kind = kind;
        Keys = keys;
        _byName = new Dictionary<string, ConfigKey>(keys.Count, StringComparer.Ordinal);
        foreach (ConfigKey key in keys)
        {
            _byName.Add(key.Name, key);
        }
    }

    public IReadOnlyList<ConfigKey> Keys { get; }

    /// <summary>Reads the keys of one kind of client from a table of all: <c>broker_keys</c> names the kinds that a row belongs to.</summary>
    /// <param name="kind">producer, consumer or admin.</param>
    /// <param name="table">The table, in the form of those of this room.</param>
    public static ConfigTable ReadClient(string kind, Stream table) =>
        new(kind, [.. ConfigTableReader.Read("client", table).Where(key => key.BrokerKeys.Contains(kind))]);

    /// <summary>The row of a key that must exist; a wrong name is a mistake in the caller.</summary>
    public ConfigKey this[string name] =>
        _byName.TryGetValue(name, out ConfigKey? key) ? key : throw new ArgumentException($"there is no {_kind} configuration {name}", nameof(name));

    public bool Contains(string name) => _byName.ContainsKey(name);

    public bool TryGet(string name, [NotNullWhen(true)] out ConfigKey? key) => _byName.TryGetValue(name, out key);

    /// <summary>The key whose name is nearest to a misspelled one, or null when none is near.</summary>
    public string? Nearest(string name) => NearestName.Find(name, _byName.Keys);
}
