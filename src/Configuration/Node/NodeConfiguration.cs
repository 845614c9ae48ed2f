using System.Globalization;

namespace Moldau.Configuration;

/// <summary>
/// The configuration of a node at one moment: what the file says, under what was set dynamically for all brokers, under what was set for this one. Immutable: a dynamic
/// change makes a new snapshot (<see cref="WithDynamic"/>), and whoever holds the old one keeps a consistent view. Safe from any thread.
/// </summary>
public sealed partial class NodeConfiguration
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    private NodeConfiguration(
        IReadOnlyDictionary<string, string> fromFile, IReadOnlyDictionary<string, string> clusterDefaults, IReadOnlyDictionary<string, string> perBroker)
    {
        StaticProperties = fromFile;
        DynamicDefaults = clusterDefaults;
        DynamicOverrides = perBroker;
        EffectiveProperties = Merge(fromFile, clusterDefaults, perBroker);
        foreach (ConfigKey key in ConfigTables.Broker.Keys)
        {
            if (EffectiveProperties.TryGetValue(key.Name, out string? text))
            {
                _values[key.Name] = Parse(key, text);
            }
            else if (key.IsRequired)
            {
                throw new ConfigurationException($"Missing required configuration \"{key.Name}\" which has no default value.");
            }
        }

        ReadGeneral();
        ReadListeners();
        ReadSockets();
        ReadLog();
        ReadQuorum();
        ReadReplication();
        TopicDefaults = new TopicConfiguration(this, EmptyProperties);
    }

    /// <summary>The keys given at start, with providers resolved; node.id and broker.id fill in for each other.</summary>
    public IReadOnlyDictionary<string, string> StaticProperties { get; }

    /// <summary>What was set dynamically as the default of all brokers.</summary>
    public IReadOnlyDictionary<string, string> DynamicDefaults { get; }

    /// <summary>What was set dynamically for this broker.</summary>
    public IReadOnlyDictionary<string, string> DynamicOverrides { get; }

    /// <summary>All three in one, the stronger over the weaker.</summary>
    public IReadOnlyDictionary<string, string> EffectiveProperties { get; }

    /// <summary>The configuration of a topic that overrides nothing.</summary>
    public TopicConfiguration TopicDefaults { get; }

    internal static IReadOnlyDictionary<string, string> EmptyProperties { get; } = new Dictionary<string, string>(0);

    /// <summary>
    /// Reads and checks the keys that a node starts with. Warnings, one line each, are added to <paramref name="warnings"/>.
    /// Throws <see cref="ConfigurationException"/> for an unknown key, a bad value, keys that contradict each other, and keys whose status is refused.
    /// Keys that the program and not the operator has set are in <paramref name="builtIn"/> and give no warnings.
    /// </summary>
    public static NodeConfiguration Load(
        IReadOnlyDictionary<string, string> properties, ICollection<string> warnings, IReadOnlyDictionary<string, string>? builtIn = null)
    {
        StaticRules.CheckNames(properties, warnings);
        var fromFile = new Dictionary<string, string>(properties, StringComparer.Ordinal);
        if (fromFile.TryGetValue("node.id", out string? nodeId))
        {
            fromFile.TryAdd("broker.id", nodeId);
        }
        else if (fromFile.TryGetValue("broker.id", out string? brokerId))
        {
            fromFile.Add("node.id", brokerId);
        }

        var configuration = new NodeConfiguration(fromFile, EmptyProperties, EmptyProperties);
        NodeRules.Check(configuration, warnings);
        StaticRules.CheckStatus(builtIn is null ? properties : properties.Except(builtIn).ToDictionary(), warnings);
        return configuration;
    }

    /// <summary>
    /// The snapshot after a dynamic change; both maps hold everything that is set, not only what changed. What is stored but cannot be used (by another version of the software,
    /// perhaps) is left out with a warning, as a node must be able to go on with its metadata.
    /// </summary>
    public NodeConfiguration WithDynamic(
        IReadOnlyDictionary<string, string> clusterDefaults, IReadOnlyDictionary<string, string> perBroker, ICollection<string> warnings) =>
        new(StaticProperties, DynamicBrokerRules.Usable(clusterDefaults, perBroker: false, warnings), DynamicBrokerRules.Usable(perBroker, perBroker: true, warnings));

    /// <summary>The same without any check of what is dynamic; for those who have checked. Throws <see cref="ConfigurationException"/>.</summary>
    internal NodeConfiguration WithCheckedDynamic(IReadOnlyDictionary<string, string> clusterDefaults, IReadOnlyDictionary<string, string> perBroker) =>
        new(StaticProperties, clusterDefaults, perBroker);

    /// <summary>A topic's configuration with its overrides; bad overrides, which a validated change cannot leave behind, fall back to the default.</summary>
    public TopicConfiguration ForTopic(IReadOnlyDictionary<string, string> overrides) => overrides.Count == 0 ? TopicDefaults : new TopicConfiguration(this, overrides);

    /// <summary>The parsed value of any broker key: its own, else its default. Synonyms are not looked at.</summary>
    public object? Value(string name) => _values.TryGetValue(name, out object? value) ? value : ConfigTables.Broker[name].DefaultValue;

    public int Int(string name) => (int)Required(name);

    public short Short(string name) => (short)Required(name);

    public long Long(string name) => (long)Required(name);

    public double Double(string name) => (double)Required(name);

    public bool Boolean(string name) => (bool)Required(name);

    /// <summary>A string; empty when it is null.</summary>
    public string Text(string name) => (string?)Value(name) ?? "";

    /// <summary>A string, or null when nothing gives one.</summary>
    public string? TextOrNull(string name) => (string?)Value(name);

    /// <summary>A list; empty when it is null.</summary>
    public IReadOnlyList<string> List(string name) => (string[]?)Value(name) ?? [];

    /// <summary>The value of the first of several keys that has one, as a long, each with its unit in milliseconds (log.retention.ms, .minutes, .hours).</summary>
    private long FirstMs(params ReadOnlySpan<(string Name, long UnitMs)> keys)
    {
        foreach ((string name, long unitMs) in keys)
        {
            if (Value(name) is { } value)
            {
                return Convert.ToInt64(value, CultureInfo.InvariantCulture) * unitMs;
            }
        }

        return -1;
    }

    private object Required(string name) => Value(name) ?? throw new ConfigurationException($"Missing required configuration \"{name}\" which has no default value.");

    private static object? Parse(ConfigKey key, string text) =>
        ConfigParser.TryParse(key, text, out object? value, out string? error) ? value : throw new ConfigurationException(error);

    /// <summary>A dynamic key drives out its synonyms of weaker sources: log.retention.ms set dynamically beats log.retention.hours of the file, and so does the reverse.</summary>
    private static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> fromFile, IReadOnlyDictionary<string, string> clusterDefaults, IReadOnlyDictionary<string, string> perBroker)
    {
        var merged = new Dictionary<string, string>(fromFile, StringComparer.Ordinal);
        foreach (IReadOnlyDictionary<string, string> stronger in (ReadOnlySpan<IReadOnlyDictionary<string, string>>)[clusterDefaults, perBroker])
        {
            foreach ((string name, string value) in stronger)
            {
                if (ConfigTables.Broker.TryGet(name, out ConfigKey? key))
                {
                    foreach (string synonym in key.BrokerKeys)
                    {
                        merged.Remove(synonym);
                    }
                }

                merged[name] = value;
            }
        }

        return merged;
    }
}
