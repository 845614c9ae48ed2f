using System.Globalization;
using System.Text.RegularExpressions;

namespace Moldau.Configuration;

/// <summary>Checks what a resource would have set after a change, as Apache Kafka's controller and broker do. Pure; safe from any thread.</summary>
public static class ConfigCheck
{
    /// <summary>
    /// Null when <paramref name="properties"/>, everything that would be set on the resource, is good. Whether the resource exists is the caller's question, and so is the
    /// legality of a topic's name.
    /// </summary>
    public static ConfigFault? Resource(ConfigResourceType type, string name, IReadOnlyDictionary<string, string> properties, NodeConfiguration node) => type switch
    {
        ConfigResourceType.Topic => name.Length == 0 ? Request("Default topic resources are not allowed.") : Topic(properties, node),
        ConfigResourceType.Broker => Broker(name, properties, node),
        ConfigResourceType.Group => name.Length == 0 ? Request("Default group resources are not allowed.") : Group(properties, node),
        ConfigResourceType.ClientMetrics => name.Length == 0 ? Request("Subscription name can't be empty") : ClientMetrics(properties),
        _ => Request($"Unknown resource type {(sbyte)type}"),
    };

    /// <summary>The overrides of a topic, as CreateTopics and the alter APIs check them.</summary>
    public static ConfigFault? Topic(IReadOnlyDictionary<string, string> properties, NodeConfiguration node)
    {
        ConfigFault? fault = Parse(ConfigTables.Topic, properties, "Unknown topic config name: ", out _);
        if (fault is not null)
        {
            return fault;
        }

        TopicConfiguration topic = node.ForTopic(properties);
        return (TopicRules.CheckValues(topic) ?? TopicRules.CheckRemoteStorage(topic, node)) is { } problem ? Config(problem) : null;
    }

    private static ConfigFault? Broker(string name, IReadOnlyDictionary<string, string> properties, NodeConfiguration node)
    {
        if (name.Length > 0)
        {
            if (!int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id))
            {
                return Request("Unable to parse broker name as a base 10 number.");
            }

            if (id < 0)
            {
                return Request("Invalid negative broker ID.");
            }
        }

        return DynamicBrokerRules.Check(node, properties, perBroker: name.Length > 0) is { } problem ? Request(problem) : null;
    }

    private static ConfigFault? Group(IReadOnlyDictionary<string, string> properties, NodeConfiguration node)
    {
        ConfigFault? fault = Parse(ConfigTables.Group, properties, "Unknown group config name: ", out Dictionary<string, object?> values);
        return fault ?? (GroupRules.Check(node, values) is { } problem ? Config(problem) : null);
    }

    private static ConfigFault? ClientMetrics(IReadOnlyDictionary<string, string> properties)
    {
        ConfigFault? fault = Parse(ConfigTables.ClientMetrics, properties, "Unknown client metrics configuration: ", out Dictionary<string, object?> values);
        if (fault is not null)
        {
            return fault with { Kind = fault.Message.StartsWith("Unknown", StringComparison.Ordinal) ? ConfigFaultKind.InvalidRequest : ConfigFaultKind.InvalidConfig };
        }

        if (values.TryGetValue("interval.ms", out object? interval) && interval is int and (< 100 or > 3_600_000))
        {
            return Request($"Invalid value {interval} for interval.ms, interval must be between 100 and 3600000 (1 hour)");
        }

        foreach (string pattern in values.TryGetValue("match", out object? match) ? (string[])match! : [])
        {
            string[] parts = pattern.Split('=');
            if (parts.Length != 2 || parts[1].Length == 0 || !IsMatchParameter(parts[0].Trim()) || !IsPattern(parts[1].Trim()))
            {
                return Config("Illegal client matching pattern: " + pattern);
            }
        }

        return null;
    }

    private static bool IsPattern(string text)
    {
        try
        {
            _ = new Regex(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsMatchParameter(string name) => name is "client_instance_id" or "client_id" or "client_software_name" or "client_software_version"
        or "client_source_address" or "client_source_port";

    private static ConfigFault? Parse(ConfigTable table, IReadOnlyDictionary<string, string> properties, string unknown, out Dictionary<string, object?> values)
    {
        values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (string name in properties.Keys.Order(StringComparer.Ordinal))
        {
            if (!table.Contains(name))
            {
                return Config(unknown + name);
            }
        }

        foreach ((string name, string text) in properties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (!ConfigParser.TryParse(table[name], text, out object? value, out string? error))
            {
                return Config(error);
            }

            values[name] = value;
        }

        return null;
    }

    private static ConfigFault Config(string message) => new(ConfigFaultKind.InvalidConfig, message);

    private static ConfigFault Request(string message) => new(ConfigFaultKind.InvalidRequest, message);
}
