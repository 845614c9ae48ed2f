namespace Moldau.Configuration;

/// <summary>The entries of a DescribeConfigs answer, as Apache Kafka makes them. Pure functions over snapshots; safe from any thread.</summary>
public static class ConfigDescriber
{
    /// <summary>
    /// A topic with what it overrides. Internal keys appear only when they are set; keys that Apache Kafka does not have, when they are set or asked for by name: there are clients that hold the
    /// list of a topic's keys against the one they know.
    /// </summary>
    public static IReadOnlyList<ConfigEntry> DescribeTopic(NodeConfiguration node, IReadOnlyDictionary<string, string> overrides, DescribeOptions options)
    {
        var values = new TopicValues(node, overrides);
        var entries = new List<ConfigEntry>(ConfigTables.Topic.Keys.Count);
        foreach (ConfigKey key in ConfigTables.Topic.Keys)
        {
            bool isSet = overrides.ContainsKey(key.Name);
            bool isHidden = !isSet && (key.IsInternal || (key.IsOurs && !options.Names(key.Name)));
            if (isHidden || !options.Wants(key.Name))
            {
                continue;
            }

            string? value = ConfigParser.Format(values.Get(key.Name));
            List<ConfigSynonym> synonyms = isSet ? [new ConfigSynonym(key.Name, value, ConfigSource.Topic)] : [];
            if (key.BrokerKeys.Count > 0)
            {
                AddSynonyms(synonyms, node, key.BrokerKeys[0], ConfigTables.Broker[key.BrokerKeys[0]].BrokerKeys, isSensitive: false);
            }

            entries.Add(Entry(key, value, synonyms, isReadOnly: false, options));
        }

        return entries;
    }

    /// <summary>This broker: every key but the internal ones that nobody set, and what is set beyond the tables (plugins' keys).</summary>
    public static IReadOnlyList<ConfigEntry> DescribeBroker(NodeConfiguration node, DescribeOptions options)
    {
        var entries = new List<ConfigEntry>(ConfigTables.Broker.Keys.Count);
        foreach (ConfigKey key in ConfigTables.Broker.Keys)
        {
            bool isSet = node.EffectiveProperties.ContainsKey(key.Name);
            if (options.Wants(key.Name) && (isSet || (!key.IsInternal && key.UpdateMode != ConfigUpdateMode.DynamicOnly)))
            {
                entries.Add(BrokerEntry(node, key, ConfigParser.Format(node.Value(key.Name)), options, onlyDefaults: false));
            }
        }

        foreach ((string name, string value) in node.EffectiveProperties)
        {
            if (options.Wants(name) && !ConfigTables.Broker.Contains(name))
            {
                entries.Add(ForeignEntry(node, name, value, options, onlyDefaults: false));
            }
        }

        return entries;
    }

    /// <summary>The dynamic defaults of all brokers: only what is set.</summary>
    public static IReadOnlyList<ConfigEntry> DescribeBrokerDefaults(NodeConfiguration node, DescribeOptions options)
    {
        var entries = new List<ConfigEntry>(node.DynamicDefaults.Count);
        foreach ((string name, string value) in node.DynamicDefaults.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (options.Wants(name))
            {
                entries.Add(ConfigTables.Broker.TryGet(name, out ConfigKey? key)
                    ? BrokerEntry(node, key, value, options, onlyDefaults: true)
                    : ForeignEntry(node, name, value, options, onlyDefaults: true));
            }
        }

        return entries;
    }

    /// <summary>A group with what it overrides.</summary>
    public static IReadOnlyList<ConfigEntry> DescribeGroup(NodeConfiguration node, IReadOnlyDictionary<string, string> overrides, DescribeOptions options)
    {
        var entries = new List<ConfigEntry>(ConfigTables.Group.Keys.Count);
        foreach (ConfigKey key in ConfigTables.Group.Keys)
        {
            bool isSet = overrides.TryGetValue(key.Name, out string? text);
            if (!options.Wants(key.Name) || (key.IsInternal && !isSet))
            {
                continue;
            }

            object? parsed = isSet && ConfigParser.TryParse(key, text!, out object? own, out _) ? own : GroupRules.Inherited(node, key);
            string? value = ConfigParser.Format(parsed);
            List<ConfigSynonym> synonyms = isSet ? [new ConfigSynonym(key.Name, value, ConfigSource.Group)] : [];
            if (key.BrokerKeys.Count > 0)
            {
                AddSynonyms(synonyms, node, key.BrokerKeys[0], key.BrokerKeys, isSensitive: false);
            }
            else
            {
                synonyms.Add(new ConfigSynonym(key.Name, ConfigParser.Format(GroupRules.Inherited(node, key)), ConfigSource.Default));
            }

            entries.Add(Entry(key, value, synonyms, isReadOnly: false, options));
        }

        return entries;
    }

    /// <summary>A client metrics subscription (KIP-714) with its defaults.</summary>
    public static IReadOnlyList<ConfigEntry> DescribeClientMetrics(IReadOnlyDictionary<string, string> properties, DescribeOptions options)
    {
        var entries = new List<ConfigEntry>(ConfigTables.ClientMetrics.Keys.Count);
        foreach (ConfigKey key in ConfigTables.ClientMetrics.Keys)
        {
            if (!options.Wants(key.Name))
            {
                continue;
            }

            string? byDefault = ConfigParser.Format(key.DefaultValue);
            bool isSet = properties.TryGetValue(key.Name, out string? value);
            List<ConfigSynonym> synonyms = isSet ? [new(key.Name, value, ConfigSource.ClientMetrics)] : [];
            entries.Add(Entry(key, isSet ? value : byDefault, synonyms, isReadOnly: false, options));
        }

        return entries;
    }

    private static ConfigEntry BrokerEntry(NodeConfiguration node, ConfigKey key, string? value, DescribeOptions options, bool onlyDefaults)
    {
        List<ConfigSynonym> synonyms = [];
        AddSynonyms(synonyms, node, key.Name, key.BrokerKeys, key.IsSensitive);
        if (onlyDefaults)
        {
            synonyms.RemoveAll(s => s.Source != ConfigSource.DynamicDefaultBroker);
        }

        return Entry(key, key.IsSensitive ? null : value, synonyms, key.UpdateMode == ConfigUpdateMode.ReadOnly, options);
    }

    /// <summary>A key that no table has. A listener's setting has the type of the setting; of others nothing is known, so the value is hidden.</summary>
    private static ConfigEntry ForeignEntry(NodeConfiguration node, string name, string value, DescribeOptions options, bool onlyDefaults)
    {
        ConfigTables.Broker.TryGet(DynamicBrokerRules.BaseName(name), out ConfigKey? key);
        bool isSensitive = key is null || key.IsSensitive;
        List<ConfigSynonym> synonyms = [];
        AddSynonyms(synonyms, node, name, key is null ? [name] : [name, key.Name], isSensitive);
        if (onlyDefaults)
        {
            synonyms.RemoveAll(s => s.Source != ConfigSource.DynamicDefaultBroker);
        }

        return new ConfigEntry(
            name,
            isSensitive ? null : value,
            synonyms.Count > 0 ? synonyms[0].Source : ConfigSource.Default,
            isSensitive,
            IsReadOnly: true,
            key?.Type ?? ConfigType.Unknown,
            options.IncludeSynonyms ? synonyms : [],
            null);
    }

    private static ConfigEntry Entry(ConfigKey key, string? value, List<ConfigSynonym> synonyms, bool isReadOnly, DescribeOptions options) => new(
        key.Name,
        value,
        synonyms.Count > 0 ? synonyms[0].Source : ConfigSource.Default,
        key.IsSensitive,
        isReadOnly,
        key.Type,
        options.IncludeSynonyms ? synonyms : [],
        options.IncludeDocumentation ? key.Documentation : null);

    /// <summary>Source by source, in each the synonyms in order; what comes before the key that is described belongs to a weaker unit and is left out.</summary>
    private static void AddSynonyms(List<ConfigSynonym> synonyms, NodeConfiguration node, string name, IReadOnlyList<string> names, bool isSensitive)
    {
        int from = synonyms.Count;
        AddFrom(synonyms, node.DynamicOverrides, ConfigSource.DynamicBroker, names, isSensitive);
        AddFrom(synonyms, node.DynamicDefaults, ConfigSource.DynamicDefaultBroker, names, isSensitive);
        AddFrom(synonyms, node.StaticProperties, ConfigSource.StaticBroker, names, isSensitive);
        foreach (string synonym in names)
        {
            if (ConfigTables.Broker.TryGet(synonym, out ConfigKey? key) && key.DefaultValue is not null && key.UpdateMode != ConfigUpdateMode.DynamicOnly)
            {
                synonyms.Add(new ConfigSynonym(synonym, isSensitive ? null : ConfigParser.Format(key.DefaultValue), ConfigSource.Default));
            }
        }

        int first = synonyms.FindIndex(from, s => s.Name == name);
        synonyms.RemoveRange(from, (first < 0 ? synonyms.Count : first) - from);
    }

    private static void AddFrom(
        List<ConfigSynonym> synonyms, IReadOnlyDictionary<string, string> properties, ConfigSource source, IReadOnlyList<string> names, bool isSensitive)
    {
        foreach (string name in names)
        {
            if (properties.TryGetValue(name, out string? value))
            {
                synonyms.Add(new ConfigSynonym(name, isSensitive ? null : value, source));
            }
        }
    }
}
