namespace Moldau.Configuration;

/// <summary>What the keys of the group coordinator demand of each other, in Apache Kafka's words.</summary>
internal static class GroupCoordinatorRules
{
    private static readonly string[] Bounded = ["heartbeat.interval.ms", "session.timeout.ms", "assignment.interval.ms"];

    /// <exception cref="ConfigurationException">A key breaks a rule.</exception>
    public static void Check(NodeConfiguration node)
    {
        foreach (var key in Bounded)
        {
            Require(node, $"group.consumer.max.{key}", static (value, other) => value >= other, "greater than or equal to", $"group.consumer.min.{key}");
            Require(node, $"group.consumer.{key}", static (value, other) => value >= other, "greater than or equal to", $"group.consumer.min.{key}");
            Require(node, $"group.consumer.{key}", static (value, other) => value <= other, "less than or equal to", $"group.consumer.max.{key}");
        }

        Require(node, "group.consumer.heartbeat.interval.ms", static (value, other) => value < other, "less than", "group.consumer.session.timeout.ms");
    }

    private static void Require(NodeConfiguration node, string key, Func<int, int, bool> holds, string relation, string other)
    {
        if (!holds(node.Int(key), node.Int(other)))
        {
            throw new ConfigurationException($"{key} must be {relation} {other}");
        }
    }
}
