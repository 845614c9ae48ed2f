namespace Moldau.Configuration;

/// <summary>The rules of group keys. Gives null, or what is wrong in Apache Kafka's words.</summary>
internal static class GroupRules
{
    private static readonly (string Key, string Min, string Max)[] Bounds =
    [
        ("consumer.heartbeat.interval.ms", "group.consumer.min.heartbeat.interval.ms", "group.consumer.max.heartbeat.interval.ms"),
        ("consumer.session.timeout.ms", "group.consumer.min.session.timeout.ms", "group.consumer.max.session.timeout.ms"),
        ("consumer.assignment.interval.ms", "group.consumer.min.assignment.interval.ms", "group.consumer.max.assignment.interval.ms"),
        ("share.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms", "group.share.max.heartbeat.interval.ms"),
        ("share.session.timeout.ms", "group.share.min.session.timeout.ms", "group.share.max.session.timeout.ms"),
        ("share.assignment.interval.ms", "group.share.min.assignment.interval.ms", "group.share.max.assignment.interval.ms"),
        ("share.record.lock.duration.ms", "group.share.min.record.lock.duration.ms", "group.share.max.record.lock.duration.ms"),
        ("share.delivery.count.limit", "group.share.min.delivery.count.limit", "group.share.max.delivery.count.limit"),
        ("share.partition.max.record.locks", "group.share.min.partition.max.record.locks", "group.share.max.partition.max.record.locks"),
        ("streams.heartbeat.interval.ms", "group.streams.min.heartbeat.interval.ms", "group.streams.max.heartbeat.interval.ms"),
        ("streams.session.timeout.ms", "group.streams.min.session.timeout.ms", "group.streams.max.session.timeout.ms"),
        ("streams.assignment.interval.ms", "group.streams.min.assignment.interval.ms", "group.streams.max.assignment.interval.ms"),
    ];

    /// <summary>What a group has that does not set the key.</summary>
    public static object? Inherited(NodeConfiguration node, ConfigKey key)
    {
        object? value = key.BrokerKeys.Count > 0 ? node.Value(key.BrokerKeys[0]) : key.DefaultValue;

        // A group has one assignor, the broker a list of them, and its first is the default.
        return key.Type == ConfigType.String && value is string[] list ? list.FirstOrDefault() : value;
    }

    /// <summary>Checks parsed values of a whole group against the node's bounds.</summary>
    public static string? Check(NodeConfiguration node, IReadOnlyDictionary<string, object?> group)
    {
        foreach ((string name, string min, string max) in Bounds)
        {
            if (group.TryGetValue(name, out object? value) && value is int number && (number < node.Int(min) || number > node.Int(max)))
            {
                return $"{name} must be in the range {node.Int(min)} to {node.Int(max)} inclusive.";
            }
        }

        if (group.TryGetValue("streams.num.standby.replicas", out object? standbys) && standbys is int count && count > node.Int("group.streams.max.standby.replicas"))
        {
            return $"streams.num.standby.replicas must be less than or equal to {node.Int("group.streams.max.standby.replicas")}";
        }

        foreach (string kind in (ReadOnlySpan<string>)["consumer", "share", "streams"])
        {
            if (Effective(node, group, $"{kind}.session.timeout.ms") <= Effective(node, group, $"{kind}.heartbeat.interval.ms"))
            {
                return $"{kind}.session.timeout.ms must be greater than {kind}.heartbeat.interval.ms";
            }
        }

        if (group.TryGetValue("streams.assignor.name", out object? assignor) && assignor is string assignorName && !node.List("group.streams.assignors").Contains(assignorName))
        {
            return $"streams.assignor.name '{assignorName}' is not a registered task assignor. Registered assignors are: [{string.Join(", ", node.List("group.streams.assignors"))}].";
        }

        return group.TryGetValue("errors.deadletterqueue.topic.name", out object? topic) && topic is string topicName && topicName.StartsWith("__", StringComparison.Ordinal)
            ? "errors.deadletterqueue.topic.name: DLQ topic name must not start with '__'"
            : null;
    }

    private static int Effective(NodeConfiguration node, IReadOnlyDictionary<string, object?> group, string name) =>
        group.TryGetValue(name, out object? value) ? (int)value! : (int)Inherited(node, ConfigTables.Group[name])!;
}
