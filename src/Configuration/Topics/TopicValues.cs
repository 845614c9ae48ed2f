namespace Moldau.Configuration;

/// <summary>Finds the effective value of a topic key: the topic's own, else the node's, else the default.</summary>
internal readonly struct TopicValues(NodeConfiguration node, IReadOnlyDictionary<string, string> overrides)
{
    public int Int(string name) => (int)Get(name)!;

    public int? IntOrNull(string name) => (int?)Get(name);

    public long Long(string name) => (long)Get(name)!;

    public double Double(string name) => (double)Get(name)!;

    public bool Boolean(string name) => (bool)Get(name)!;

    public string Text(string name) => (string?)Get(name) ?? "";

    public IReadOnlyList<string> List(string name) => (string[]?)Get(name) ?? [];

    public object? Get(string name)
    {
        ConfigKey key = ConfigTables.Topic[name];
        return overrides.TryGetValue(name, out string? text) && ConfigParser.TryParse(key, text, out object? value, out _) ? value : Inherited(node, key);
    }

    /// <summary>What a topic has that does not set the key: the four keys in several units come converted.</summary>
    public static object? Inherited(NodeConfiguration node, ConfigKey key) => key.Name switch
    {
        "retention.ms" => node.LogRetentionMs,
        "segment.ms" => node.LogRollMs,
        "segment.jitter.ms" => node.LogRollJitterMs,
        "flush.ms" => node.LogFlushIntervalMs,
        _ => key.BrokerKeys.Count == 0 ? key.DefaultValue : node.Value(key.BrokerKeys[0]),
    };
}
