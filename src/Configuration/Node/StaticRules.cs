namespace Moldau.Configuration;

/// <summary>What is checked about the names and the status of the keys that a node starts with (D10): none is ignored in silence.</summary>
internal static class StaticRules
{
    public static void CheckNames(IReadOnlyDictionary<string, string> properties, ICollection<string> warnings)
    {
        foreach (string name in properties.Keys.Order(StringComparer.Ordinal))
        {
            if (ConfigTables.Broker.TryGet(name, out ConfigKey? key))
            {
                if (key.UpdateMode == ConfigUpdateMode.DynamicOnly)
                {
                    warnings.Add($"{name} can only be set dynamically (kafka-configs --entity-type brokers); its value in the file has no effect, as in Apache Kafka");
                }
            }
            else if (ConfigTables.Removed.TryGetValue(name, out string? advice))
            {
                throw new ConfigurationException($"{name}: {advice}");
            }
            else if (Prefix(name) is { } meaning)
            {
                CheckPrefixed(name, meaning, warnings);
            }
            else
            {
                string? nearest = ConfigTables.Broker.Nearest(name);
                throw new ConfigurationException($"Unknown configuration {name}" + (nearest is null ? "" : $": did you mean {nearest}?"));
            }
        }
    }

    public static void CheckStatus(IReadOnlyDictionary<string, string> properties, ICollection<string> warnings)
    {
        var accepted = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach ((string name, string value) in properties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (!ConfigTables.Broker.TryGet(name, out ConfigKey? key) || key.Status == ConfigStatus.Works || IsDefault(key, value))
            {
                continue;
            }

            string shown = key.IsSensitive ? "[hidden]" : value;
            if (key.Status == ConfigStatus.Refused)
            {
                string right = key.Default is { Length: > 0 } text ? $"leave it at {text}" : "remove it";
                throw new ConfigurationException($"{name}={shown} is refused: {key.Note}; {right}");
            }

            if (!accepted.TryGetValue(key.Note, out List<string>? names))
            {
                accepted.Add(key.Note, names = []);
            }

            names.Add($"{name}={shown}");
        }

        // One line for each reason: a file of Apache Kafka's sets many keys of a feature at once.
        foreach ((string note, List<string> names) in accepted)
        {
            warnings.Add($"no effect here, as {note}: {string.Join(", ", names)}");
        }
    }

    private static bool IsDefault(ConfigKey key, string value) =>
        ConfigParser.TryParse(key, value, out object? parsed, out _) && (ConfigParser.Format(parsed) ?? "") == (ConfigParser.Format(key.DefaultValue) ?? "");

    private static string? Prefix(string name)
    {
        foreach ((string prefix, string meaning) in ConfigTables.Prefixes)
        {
            if (prefix.EndsWith('.') ? name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal) : name == prefix)
            {
                return meaning;
            }
        }

        return null;
    }

    private static void CheckPrefixed(string name, string meaning, ICollection<string> warnings)
    {
        if (!name.StartsWith("listener.name.", StringComparison.Ordinal))
        {
            if (!name.StartsWith("config.providers.", StringComparison.Ordinal))
            {
                warnings.Add($"{name} {meaning}");
            }

            return;
        }

        // The name behind the listener may have a SASL mechanism in front of it.
        string rest = name["listener.name.".Length..];
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        string baseName = dot < 0 ? "" : rest[(dot + 1)..];
        int mechanism = baseName.IndexOf('.', StringComparison.Ordinal);
        if (!ConfigTables.Broker.Contains(baseName) && !(mechanism > 0 && ConfigTables.Broker.Contains(baseName[(mechanism + 1)..])))
        {
            string? nearest = baseName.Length > 0 ? ConfigTables.Broker.Nearest(baseName) : null;
            throw new ConfigurationException($"Unknown configuration {name}: there is no key {baseName}" + (nearest is null ? "" : $", did you mean {nearest}?"));
        }

        if (baseName is not ("max.connections" or "max.connection.creation.rate"))
        {
            warnings.Add($"no effect here, as settings of a single listener other than its connection limits are not here yet: {name}");
        }
    }
}
