using System.Globalization;
using Moldau.Configuration;

namespace Moldau.Embedded;

/// <summary>From the options to a node's configuration, by Apache Kafka's names.</summary>
internal static class NodeProperties
{
    /// <summary>The log directory of a node in memory.</summary>
    private const string MemoryDirectory = "/moldau";

    /// <summary>Throws <see cref="ConfigurationException"/>; its message is for whoever wrote the options.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="port">The port for clients, 0 for a free one.</param>
    /// <param name="warnings">Gets one line for each key that has not the effect it seems to have.</param>
    public static NodeConfiguration Load(MoldauNodeOptions options, int port, List<string> warnings)
    {
        var given = Own(options, port);
        foreach (var (key, value) in options.Overrides)
        {
            given[key] = value;
        }

        var all = NodeDefaults.Under(given);
        if (options.Directory is null)
        {
            AddMemoryDefaults(all);
        }

        var builtIn = all.Where(property => !options.Overrides.ContainsKey(property.Key)).ToDictionary();
        return NodeConfiguration.Load(all, warnings, builtIn);
    }

    private static Dictionary<string, string> Own(MoldauNodeOptions options, int port) => new(StringComparer.Ordinal)
    {
        ["node.id"] = options.NodeId.ToString(CultureInfo.InvariantCulture),
        ["listeners"] = $"PLAINTEXT://{new HostPort(options.Host, port)},CONTROLLER://{new HostPort(options.UsesSockets ? "127.0.0.1" : options.Host, 0)}",
        ["log.dirs"] = options.Directory ?? MemoryDirectory,
        ["auto.create.topics.enable"] = options.AutoCreatesTopics ? "true" : "false",
        ["num.partitions"] = options.DefaultPartitions.ToString(CultureInfo.InvariantCulture),

        // Nothing else writes metadata in this cluster of one: to wait for company would make the start and each new topic slow.
        ["controller.quorum.append.linger.ms"] = "0",
        ["group.initial.rebalance.delay.ms"] = "0",
    };

    /// <summary>What lies in memory is never taken over by a larger cluster: one partition of each internal topic does for all groups and transactions of a process.</summary>
    private static void AddMemoryDefaults(Dictionary<string, string> properties)
    {
        properties.TryAdd("offsets.topic.num.partitions", "1");
        properties.TryAdd("transaction.state.log.num.partitions", "1");
        properties.TryAdd("share.coordinator.state.topic.num.partitions", "1");
    }
}
