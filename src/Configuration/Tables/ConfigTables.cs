namespace Moldau.Configuration;

/// <summary>
/// The configuration tables of Apache Kafka 4.4 with our own keys among them. Each is read from its embedded file when first asked for; safe from any thread.
/// </summary>
public static class ConfigTables
{
    private static readonly Lazy<ConfigTable> BrokerTable = new(() => ConfigTableReader.Read("broker"));
    private static readonly Lazy<ConfigTable> TopicTable = new(() => ConfigTableReader.Read("topic"));
    private static readonly Lazy<ConfigTable> GroupTable = new(() => ConfigTableReader.Read("group"));
    private static readonly Lazy<ConfigTable> ClientMetricsTable = new(() => ConfigTableReader.Read("client-metrics"));
    private static readonly Lazy<ConfigTable> QuotaTable = new(() => ConfigTableReader.Read("quota"));
    private static readonly Lazy<IReadOnlyDictionary<string, string>> RemovedKeys = new(() => ConfigTableReader.ReadPairs("removed"));
    private static readonly Lazy<IReadOnlyDictionary<string, string>> PrefixKeys = new(() => ConfigTableReader.ReadPairs("prefixes"));

    /// <summary>Keys of a node: the file's and the dynamic ones.</summary>
    public static ConfigTable Broker => BrokerTable.Value;

    public static ConfigTable Topic => TopicTable.Value;

    public static ConfigTable Group => GroupTable.Value;

    public static ConfigTable ClientMetrics => ClientMetricsTable.Value;

    /// <summary>Keys of user, client-id and ip entities.</summary>
    public static ConfigTable Quota => QuotaTable.Value;

    /// <summary>Broker keys of older Apache Kafka releases that 4.x no longer has, with what to do instead.</summary>
    public static IReadOnlyDictionary<string, string> Removed => RemovedKeys.Value;

    /// <summary>Beginnings of names that belong to plugins, with what they mean here; a key that begins so is not an unknown one. Whole names may stand here too.</summary>
    public static IReadOnlyDictionary<string, string> Prefixes => PrefixKeys.Value;

    /// <summary>The table of a resource type; null when the type has none.</summary>
    public static ConfigTable? Of(ConfigResourceType type) => type switch
    {
        ConfigResourceType.Broker => Broker,
        ConfigResourceType.Topic => Topic,
        ConfigResourceType.Group => Group,
        ConfigResourceType.ClientMetrics => ClientMetrics,
        _ => null,
    };
}
