using System.Text;

namespace Moldau.Configuration;

/// <summary>What may be set dynamically on a broker, or as the default of all brokers (KIP-226).</summary>
internal static class DynamicBrokerRules
{
    private const string ListenerPrefix = "listener.name.";

    /// <summary>Null, or what Apache Kafka answers (as an invalid request) to a change that leaves the resource with these properties.</summary>
    public static string? Check(NodeConfiguration node, IReadOnlyDictionary<string, string> properties, bool perBroker) =>
        Names(properties, perBroker) ?? Values(properties) ?? Apply(node, properties, perBroker);

    /// <summary>The properties that can be used; each of the others is named in a warning.</summary>
    public static IReadOnlyDictionary<string, string> Usable(IReadOnlyDictionary<string, string> properties, bool perBroker, ICollection<string> warnings)
    {
        if (Names(properties, perBroker) is null && Values(properties) is null)
        {
            return properties;
        }

        var usable = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in properties)
        {
            var one = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };
            if ((Names(one, perBroker) ?? Values(one)) is { } problem)
            {
                warnings.Add($"the dynamic broker configuration {name} is ignored: {problem}");
            }
            else
            {
                usable.Add(name, value);
            }
        }

        return usable;
    }

    /// <summary>The key behind <c>listener.name.x.</c>, or the name itself.</summary>
    public static string BaseName(string name)
    {
        if (!name.StartsWith(ListenerPrefix, StringComparison.Ordinal))
        {
            return name;
        }

        int dot = name.IndexOf('.', ListenerPrefix.Length);
        return dot < 0 ? name : name[(dot + 1)..];
    }

    private static string? Names(IReadOnlyDictionary<string, string> properties, bool perBroker)
    {
        List<string> readOnly = [];
        List<string> unprefixed = [];
        List<string> onlyPerBroker = [];
        foreach (string name in properties.Keys)
        {
            string baseName = BaseName(name);
            bool isListener = baseName.Length != name.Length;
            if (!ConfigTables.Broker.TryGet(baseName, out ConfigKey? key))
            {
                continue;
            }

            if (!isListener && !key.IsDynamic)
            {
                readOnly.Add(name);
            }
            else if (!isListener && IsSecurity(key))
            {
                unprefixed.Add(name);
            }
            else if (isListener ? key.Name is not ("max.connections" or "max.connection.creation.rate" or "num.network.threads") : key.UpdateMode == ConfigUpdateMode.PerBroker)
            {
                onlyPerBroker.Add(name);
            }
        }

        return readOnly.Count > 0 ? Named("Cannot update these configs dynamically", readOnly)
            : unprefixed.Count > 0 ? Named("These security configs can be dynamically updated only per-listener using the listener prefix", unprefixed)
            : onlyPerBroker.Count > 0 && !perBroker ? Named("Cannot update these configs at default cluster level, broker id must be specified", onlyPerBroker)
            : null;
    }

    private static bool IsSecurity(ConfigKey key) =>
        key.UpdateMode == ConfigUpdateMode.PerBroker && key.Name.StartsWith("ssl.", StringComparison.Ordinal);

    private static string Named(string what, List<string> names)
    {
        names.Sort(StringComparer.Ordinal);
        return new StringBuilder(what).Append(": [").AppendJoin(", ", names).Append(']').ToString();
    }

    private static string? Values(IReadOnlyDictionary<string, string> properties)
    {
        foreach ((string name, string value) in properties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (ConfigTables.Broker.TryGet(BaseName(name), out ConfigKey? key) && !ConfigParser.TryParse(key, value, out _, out string? error))
            {
                return error;
            }
        }

        return null;
    }

    /// <summary>Makes the snapshot that would come of it, and checks that.</summary>
    private static string? Apply(NodeConfiguration node, IReadOnlyDictionary<string, string> properties, bool perBroker)
    {
        try
        {
            NodeConfiguration changed = perBroker
                ? node.WithCheckedDynamic(node.DynamicDefaults, properties)
                : node.WithCheckedDynamic(properties, node.DynamicOverrides);
            NodeRules.Check(changed, []);
            return Threads(node, changed) ?? Refused(properties) ?? (changed.Int("log.cleaner.threads") < 1 ? "Log cleaner threads should be at least 1" : null);
        }
        catch (ConfigurationException exception)
        {
            return exception.Message;
        }
    }

    private static string? Refused(IReadOnlyDictionary<string, string> properties)
    {
        try
        {
            StaticRules.CheckStatus(properties, []);
            return null;
        }
        catch (ConfigurationException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Pools of threads may at most double or halve in one change.</summary>
    private static string? Threads(NodeConfiguration before, NodeConfiguration after)
    {
        foreach (string name in (ReadOnlySpan<string>)["num.io.threads", "num.replica.fetchers", "num.recovery.threads.per.data.dir", "background.threads", "num.network.threads"])
        {
            int old = before.Int(name);
            int now = after.Int(name);
            string failed = $"Dynamic thread count update validation failed for {name}={now}";
            if (now < old / 2)
            {
                return $"{failed}, value should be at least half the current value {old}";
            }

            if (now > (long)old * 2)
            {
                return $"{failed}, value should not be greater than double the current value {old}";
            }
        }

        return null;
    }
}
