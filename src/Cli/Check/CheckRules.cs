namespace Moldau.Cli;

/// <summary>What makes a cluster ready for production, as rules over facts. Pure.</summary>
internal static class CheckRules
{
    /// <summary>All findings, the worst first, then by rule and subject.</summary>
    public static IReadOnlyList<Finding> All(ClusterFacts cluster, CheckLimits limits) =>
    [
        .. PartitionRules.Apply(cluster)
            .Concat(TopicRules.Apply(cluster))
            .Concat(NodeRules.Apply(cluster, limits))
            .Concat(GroupRules.Apply(cluster, limits))
            .Concat(cluster.NotSeen.Select(what => new Finding(Severity.Warning, "not-seen", "cluster", what, "look at it by hand, or give this user the right to see it")))
            .OrderByDescending(finding => finding.Severity)
            .ThenBy(finding => finding.Rule, StringComparer.Ordinal)
            .ThenBy(finding => finding.Subject, StringComparer.Ordinal),
    ];

    /// <summary>"0, 1, 2 and 7 more".</summary>
    internal static string Some<T>(IReadOnlyList<T> things, int shown = 5) =>
        things.Count <= shown ? string.Join(", ", things) : $"{string.Join(", ", things.Take(shown))} and {things.Count - shown} more";
}
