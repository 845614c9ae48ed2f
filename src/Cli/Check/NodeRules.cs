namespace Moldau.Cli;

/// <summary>Brokers, their disks and releases, and the quorum.</summary>
internal static class NodeRules
{
    public static IEnumerable<Finding> Apply(ClusterFacts cluster, CheckLimits limits) =>
        cluster.Brokers.SelectMany(broker => Broker(broker, limits)).Concat(Together(cluster)).Concat(Quorum(cluster.Quorum, limits));

    private static IEnumerable<Finding> Broker(BrokerFacts broker, CheckLimits limits)
    {
        string subject = $"broker {broker.Id}";
        if (broker.Unreachable is { } why)
        {
            yield return new Finding(Severity.Error, "unreachable-broker", subject, $"it does not answer: {why}", "is it running, and can this machine reach its advertised.listeners?");
        }

        if (broker.IsFenced)
        {
            yield return new Finding(Severity.Error, "fenced-broker", subject, "the controller has fenced it: it leads nothing",
                "look at its log; when it is gone for good: moldau cluster unregister --id " + broker.Id);
        }

        foreach (LogDirectoryFacts directory in broker.LogDirectories)
        {
            string place = $"{subject}, {directory.Path}";
            if (directory.Error is { } error)
            {
                yield return new Finding(Severity.Error, "failed-log-directory", place, $"the directory is offline: {error}", "look at the disk, then start the broker again");
            }
            else if (directory is { TotalBytes: > 0 and { } total, UsableBytes: { } usable })
            {
                long percent = 100 - (usable * 100 / total);
                if (percent >= limits.DiskWarningPercent)
                {
                    yield return new Finding(percent >= limits.DiskErrorPercent ? Severity.Error : Severity.Warning, "disk-usage", place,
                        $"{percent} % of {Units.Bytes(total)} are used, {Units.Bytes(usable)} are free",
                        "moldau partitions sizes shows what is large; shorten retention, add a directory or a broker");
                }
            }
        }

        if (broker.Configuration.GetValueOrDefault("unclean.leader.election.enable") == "true")
        {
            yield return new Finding(Severity.Warning, "unclean-election", subject, "unclean.leader.election.enable=true for all topics that do not say otherwise", "set it to false in the broker's configuration");
        }

        if (broker.Configuration.GetValueOrDefault("auto.create.topics.enable") == "true")
        {
            yield return new Finding(Severity.Note, "auto-create-topics", subject, "a misspelt topic name makes a new topic", "auto.create.topics.enable=false where that is not wanted");
        }
    }

    private static IEnumerable<Finding> Together(ClusterFacts cluster)
    {
        List<string> releases = [.. cluster.Brokers.Select(broker => broker.Release).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (releases.Count > 1)
        {
            yield return new Finding(Severity.Warning, "mixed-versions", "cluster", $"the brokers run different releases: {CheckRules.Some(releases)}", "finish the upgrade, then moldau cluster features");
        }

        int withRack = cluster.Brokers.Count(broker => !string.IsNullOrEmpty(broker.Rack));
        if (withRack > 0 && withRack < cluster.Brokers.Count)
        {
            yield return new Finding(Severity.Warning, "racks", "cluster", $"{withRack} of {cluster.Brokers.Count} brokers have a broker.rack: replicas are not spread over racks", "give all brokers a rack, or none");
        }
    }

    private static IEnumerable<Finding> Quorum(QuorumFacts? quorum, CheckLimits limits)
    {
        if (quorum is null)
        {
            yield break;
        }

        if (quorum.LeaderId < 0)
        {
            yield return new Finding(Severity.Error, "quorum-without-leader", "quorum", "no controller leads: topics and brokers cannot change", "start the controllers: moldau quorum status");
        }

        if (quorum.Voters.Count is > 1 and var count && count % 2 == 0)
        {
            yield return new Finding(Severity.Warning, "even-quorum", "quorum", $"{count} voters bear no more failures than {count - 1}", "moldau quorum add-voter or remove-voter: an odd number");
        }

        foreach ((int id, long lag, long? silentMs) in quorum.Voters)
        {
            if (quorum.LeaderId >= 0 && (silentMs is null || silentMs > limits.MaxQuorumSilenceMs))
            {
                string since = silentMs is { } ms ? $"for {Units.Milliseconds(ms)}" : $"since controller {quorum.LeaderId} leads";
                yield return new Finding(Severity.Error, "quorum-lag", $"controller {id}", $"it has not fetched {since}", "is it running? look at its log");
            }
            else if (lag > limits.MaxQuorumLag)
            {
                yield return new Finding(Severity.Error, "quorum-lag", $"controller {id}", $"it is {Units.Count(lag)} records behind the leader", "is it running? look at its log");
            }
        }
    }
}
