using System.Globalization;
using Moldau.Configuration;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;

namespace Moldau.Broker;

/// <summary>The options of the group coordinator from the node's configuration, and from those of single groups. Any thread; made anew when the node's configuration changes.</summary>
internal sealed class GroupOptions(Func<NodeConfiguration> configuration, MetadataLoader loader)
{
    private volatile Made? _made;

    /// <summary>The options now.</summary>
    /// <exception cref="ConfigurationException">group.consumer.assignors names one that is not there.</exception>
    public GroupCoordinatorOptions Current
    {
        get
        {
            var node = configuration();
            var made = _made;
            if (made?.Node != node)
            {
                _made = made = new Made(node, Make(node));
            }

            return made.Options;
        }
    }

    private GroupCoordinatorOptions Make(NodeConfiguration node) => new()
    {
        ClassicSessionTimeoutMsMin = node.Int("group.min.session.timeout.ms"),
        ClassicSessionTimeoutMsMax = node.Int("group.max.session.timeout.ms"),
        ClassicGroupSizeMax = node.Int("group.max.size"),
        InitialRebalanceDelayMs = node.Int("group.initial.rebalance.delay.ms"),
        OffsetMetadataSizeMax = node.Int("offset.metadata.max.bytes"),
        OffsetsRetentionMs = node.Int("offsets.retention.minutes") * 60_000L,
        OffsetsRetentionCheckIntervalMs = node.Long("offsets.retention.check.interval.ms"),
        CommitTimeoutMs = node.Int("offsets.commit.timeout.ms"),
        Consumer = new ConsumerGroupOptions
        {
            Assignors = [.. node.List("group.consumer.assignors").Select(Assignor)],
            SizeMax = node.Int("group.consumer.max.size"),
            RegexRefreshIntervalMs = node.Int("group.consumer.regex.refresh.interval.ms"),
            MigrationPolicy = Enum.Parse<GroupMigrationPolicy>(node.Text("group.consumer.migration.policy"), ignoreCase: true),
            TimeoutsOf = group => TimeoutsOf(node, group),
        },
    };

    /// <summary>By its short name, or as older configurations of Apache Kafka have it by its class.</summary>
    private static IPartitionAssignor Assignor(string name) => name switch
    {
        "uniform" or "org.apache.kafka.coordinator.group.assignor.UniformAssignor" => new UniformAssignor(),
        "range" or "org.apache.kafka.coordinator.group.assignor.RangeAssignor" => new RangeAssignor(),
        _ => throw new ConfigurationException($"group.consumer.assignors: '{name}' is not an assignor of this node; it has uniform and range"),
    };

    private ConsumerGroupTimeouts TimeoutsOf(NodeConfiguration node, GroupId group)
    {
        var own = loader.Image.Configs.Of(new ConfigResource(ConfigResourceType.Group, group.Value));
        return new ConsumerGroupTimeouts(Of("session.timeout.ms"), Of("heartbeat.interval.ms"), Of("assignment.interval.ms"));

        // The node's bounds may have changed since the group's value was set: it counts as the nearest that is allowed.
        int Of(string key) => own.TryGetValue($"consumer.{key}", out var text) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
            ? Math.Clamp(value, node.Int($"group.consumer.min.{key}"), node.Int($"group.consumer.max.{key}"))
            : node.Int($"group.consumer.{key}");
    }

    private sealed record Made(NodeConfiguration Node, GroupCoordinatorOptions Options);
}
