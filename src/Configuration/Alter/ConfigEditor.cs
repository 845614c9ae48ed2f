namespace Moldau.Configuration;

/// <summary>Applies the changes of IncrementalAlterConfigs, AlterConfigs and CreateTopics to what is set. Mutates nothing; safe from any thread.</summary>
public static class ConfigEditor
{
    /// <summary>
    /// The keys that change: name to new value, null where the key is removed. Appending to and subtracting from a key that is not set starts from its default.
    /// Keys of a broker are named even when their value stays the same, so that brokers reload what it points to (KAFKA-14136).
    /// The caller checks the outcome with <see cref="ConfigCheck.Resource"/>.
    /// </summary>
    public static ConfigFault? Incremental(
        ConfigResourceType type, IReadOnlyDictionary<string, string> current, IReadOnlyCollection<ConfigEdit> edits, out Dictionary<string, string?> changes)
    {
        changes = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (Malformed(edits) is { } malformed)
        {
            return malformed;
        }

        foreach (ConfigEdit edit in edits)
        {
            current.TryGetValue(edit.Name, out string? old);
            string? now = edit.Value;
            if (edit.Operation == ConfigOperation.Delete)
            {
                now = null;
            }
            else if (edit.Operation is ConfigOperation.Append or ConfigOperation.Subtract)
            {
                ConfigKey? key = null;
                ConfigTables.Of(type)?.TryGet(edit.Name, out key);
                // As in Apache Kafka, no key of a metrics subscription counts as a list here.
                if (key?.Type != ConfigType.List || type == ConfigResourceType.ClientMetrics)
                {
                    string verb = edit.Operation == ConfigOperation.Append ? "APPEND" : "SUBTRACT";
                    return new ConfigFault(ConfigFaultKind.InvalidConfig, $"Can't {verb} to key {edit.Name} because its type is not LIST.");
                }

                now = EditList(old ?? key.Default ?? "", edit.Operation, edit.Value!);
            }

            if (old != now || type == ConfigResourceType.Broker)
            {
                changes[edit.Name] = now;
            }
        }

        return null;
    }

    /// <summary>As <see cref="Incremental"/>, for the older AlterConfigs: what the request does not name is removed.</summary>
    public static ConfigFault? Replace(
        ConfigResourceType type, IReadOnlyDictionary<string, string> current, IReadOnlyCollection<ConfigEdit> values, out Dictionary<string, string?> changes)
    {
        ConfigFault? fault = Incremental(type, current, values, out changes);
        if (fault is null)
        {
            var named = values.Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
            foreach (string name in current.Keys.Where(name => !named.Contains(name)))
            {
                changes[name] = null;
            }
        }

        return fault;
    }

    /// <summary>What is set after the changes.</summary>
    public static Dictionary<string, string> Apply(IReadOnlyDictionary<string, string> current, IReadOnlyDictionary<string, string?> changes)
    {
        var result = new Dictionary<string, string>(current, StringComparer.Ordinal);
        foreach ((string name, string? value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = value;
            }
        }

        return result;
    }

    private static ConfigFault? Malformed(IReadOnlyCollection<ConfigEdit> edits)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<string> nulls = [];
        foreach (ConfigEdit edit in edits)
        {
            if (!seen.Add(edit.Name))
            {
                return new ConfigFault(ConfigFaultKind.InvalidRequest, "Error due to duplicate config keys");
            }

            if (edit.Operation is < ConfigOperation.Set or > ConfigOperation.Subtract)
            {
                return new ConfigFault(ConfigFaultKind.InvalidRequest, $"Unknown operations type {(sbyte)edit.Operation}");
            }

            if (edit.Operation != ConfigOperation.Delete && edit.Value is null)
            {
                nulls.Add(edit.Name);
            }
        }

        return nulls.Count == 0 ? null : new ConfigFault(ConfigFaultKind.InvalidRequest, "Null value not supported for : " + string.Join(", ", nulls));
    }

    private static string EditList(string old, ConfigOperation operation, string value)
    {
        List<string> items = [.. old.Split(',', StringSplitOptions.RemoveEmptyEntries)];
        foreach (string item in value.Split(','))
        {
            if (operation == ConfigOperation.Subtract)
            {
                items.Remove(item);
            }
            else if (!items.Contains(item))
            {
                items.Add(item);
            }
        }

        return string.Join(',', items);
    }
}
