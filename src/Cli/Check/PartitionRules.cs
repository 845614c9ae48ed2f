namespace Moldau.Cli;

/// <summary>Partitions that cannot be served, or that the next failure takes away. One finding for each topic and rule.</summary>
internal static class PartitionRules
{
    public static IEnumerable<Finding> Apply(ClusterFacts cluster) => cluster.Topics.SelectMany(Apply);

    private static IEnumerable<Finding> Apply(TopicFacts topic)
    {
        string subject = $"topic {topic.Name}";
        List<int> offline = Indexes(topic, partition => partition.Leader < 0);
        if (offline.Count > 0)
        {
            yield return new Finding(Severity.Error, "offline-partitions", subject, $"no leader for {Partitions(offline)}: nobody can read or write there",
                "start the brokers that hold it; when they are lost for good: moldau partitions elect --type unclean (loses records)");
        }

        long minimum = topic.Number("min.insync.replicas") ?? 1;
        List<int> below = Indexes(topic, partition => partition.Leader >= 0 && partition.InSync.Count < Math.Min(minimum, partition.Replicas.Count));
        if (below.Count > 0)
        {
            yield return new Finding(Severity.Error, "under-min-isr", subject, $"fewer than min.insync.replicas={minimum} in sync for {Partitions(below)}: acks=all is refused",
                "bring the missing brokers back: moldau cluster nodes");
        }

        List<int> under = Indexes(topic, partition => partition.Leader >= 0 && partition.InSync.Count < partition.Replicas.Count);
        if (under.Count > 0)
        {
            yield return new Finding(Severity.Warning, "under-replicated", subject, $"replicas of {Partitions(under)} are not in sync",
                "moldau topics describe --under-replicated-partitions shows which; look at those brokers");
        }

        List<int> elsewhere = Indexes(topic, partition => partition.Leader >= 0 && partition.Replicas.Count > 0 && partition.Leader != partition.Replicas[0]
            && partition.InSync.Contains(partition.Replicas[0]));
        if (elsewhere.Count > 0)
        {
            yield return new Finding(Severity.Note, "not-preferred-leader", subject, $"{Partitions(elsewhere)} led by another than the preferred replica",
                "moldau partitions elect --type preferred, or leave it to auto.leader.rebalance.enable");
        }
    }

    private static List<int> Indexes(TopicFacts topic, Func<PartitionFacts, bool> which) => [.. topic.Partitions.Where(which).Select(partition => partition.Index)];

    private static string Partitions(List<int> indexes) => $"{(indexes.Count == 1 ? "partition" : "partitions")} {CheckRules.Some(indexes)}";
}
