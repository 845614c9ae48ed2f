namespace Moldau.Cli;

/// <summary>How topics are configured: how many copies, what may be lost, what grows for ever.</summary>
internal static class TopicRules
{
    public static IEnumerable<Finding> Apply(ClusterFacts cluster)
    {
        int brokers = cluster.Brokers.Count(broker => !broker.IsFenced);
        return cluster.Topics.SelectMany(topic => Apply(topic, brokers)).Concat(SingleBroker(brokers));
    }

    private static IEnumerable<Finding> SingleBroker(int brokers)
    {
        if (brokers == 1)
        {
            yield return new Finding(Severity.Warning, "single-broker", "cluster", "one broker holds everything: when its machine is lost, so are the records",
                "for production run at least three brokers, with replication factor 3");
        }
    }

    private static IEnumerable<Finding> Apply(TopicFacts topic, int brokers)
    {
        string subject = $"topic {topic.Name}";
        int factor = topic.ReplicationFactor;
        if (factor == 1 && brokers > 1)
        {
            yield return new Finding(topic.IsInternal ? Severity.Error : Severity.Warning, "replication-factor-1", subject, "one copy of each record, though there are more brokers",
                $"moldau partitions reassign generate --topics {topic.Name} --replication-factor {Math.Min(3, brokers)}, then execute");
        }

        long? minimum = topic.Number("min.insync.replicas");
        if (factor > 1 && minimum >= factor)
        {
            yield return new Finding(Severity.Warning, "min-isr-too-high", subject, $"min.insync.replicas={minimum} with replication factor {factor}: one broker that stops refuses all writes with acks=all",
                $"moldau configs alter --entity-type topics --entity-name {topic.Name} --add-config min.insync.replicas={factor - 1}");
        }
        else if (factor >= 3 && minimum == 1)
        {
            yield return new Finding(Severity.Warning, "min-isr-1", subject, $"min.insync.replicas=1 with replication factor {factor}: an acknowledged record may be on one broker only",
                $"moldau configs alter --entity-type topics --entity-name {topic.Name} --add-config min.insync.replicas=2");
        }

        if (topic.Configuration.GetValueOrDefault("unclean.leader.election.enable") == "true")
        {
            yield return new Finding(Severity.Warning, "unclean-election", subject, "unclean.leader.election.enable=true: a replica that misses records may become leader, and they are lost",
                $"moldau configs alter --entity-type topics --entity-name {topic.Name} --add-config unclean.leader.election.enable=false");
        }

        if (!topic.IsInternal && topic.Configuration.GetValueOrDefault("cleanup.policy") == "delete" && topic.Number("retention.ms") == -1 && topic.Number("retention.bytes") == -1)
        {
            yield return new Finding(Severity.Note, "no-retention", subject, "nothing is ever deleted: neither retention.ms nor retention.bytes is set",
                "set one of them, or see that the disks have room for ever");
        }
    }
}
