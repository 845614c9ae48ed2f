namespace Moldau.Configuration;

/// <summary>The rules between a topic's keys. Each gives null, or what is wrong in Apache Kafka's words.</summary>
internal static class TopicRules
{
    public static string? CheckValues(TopicConfiguration topic) =>
        topic.MinCompactionLagMs > topic.MaxCompactionLagMs
            ? $"conflict topic config setting min.compaction.lag.ms ({topic.MinCompactionLagMs}) > max.compaction.lag.ms ({topic.MaxCompactionLagMs})"
            : null;

    /// <summary>Tiered storage: a topic may ask for it only where the node has it.</summary>
    public static string? CheckRemoteStorage(TopicConfiguration topic, NodeConfiguration node) =>
        topic.RemoteStorage && !node.Boolean("remote.log.storage.system.enable")
            ? "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."
            : null;
}
