namespace Moldau.Cli.Tests;

public class CheckRulesTests
{
    private static readonly Dictionary<string, string> Sound = new()
    {
        ["min.insync.replicas"] = "2",
        ["unclean.leader.election.enable"] = "false",
        ["cleanup.policy"] = "delete",
        ["retention.ms"] = "604800000",
        ["retention.bytes"] = "-1",
    };

    [Fact]
    public void A_sound_cluster_has_no_findings() => CheckRules.All(Cluster(), new CheckLimits()).ShouldBeEmpty();

    [Theory]
    [InlineData("offline-partitions", Severity.Error)]
    [InlineData("under-min-isr", Severity.Error)]
    [InlineData("under-replicated", Severity.Warning)]
    [InlineData("not-preferred-leader", Severity.Note)]
    [InlineData("replication-factor-1", Severity.Warning)]
    [InlineData("min-isr-too-high", Severity.Warning)]
    [InlineData("min-isr-1", Severity.Warning)]
    [InlineData("unclean-election", Severity.Warning)]
    [InlineData("no-retention", Severity.Note)]
    internal void What_is_wrong_with_a_topic(string rule, Severity severity)
    {
        TopicFacts topic = Cluster().Topics[0];
        TopicFacts broken = rule switch
        {
            "offline-partitions" => topic with { Partitions = [new PartitionFacts(0, -1, [1, 2, 3], [])] },
            "under-min-isr" => topic with { Partitions = [new PartitionFacts(0, 1, [1, 2, 3], [1])] },
            "under-replicated" => topic with { Partitions = [new PartitionFacts(0, 1, [1, 2, 3], [1, 2])] },
            "not-preferred-leader" => topic with { Partitions = [new PartitionFacts(0, 2, [1, 2, 3], [1, 2, 3])] },
            "replication-factor-1" => topic with { Partitions = [new PartitionFacts(0, 1, [1], [1])] },
            "min-isr-too-high" => topic with { Configuration = With("min.insync.replicas", "3") },
            "min-isr-1" => topic with { Configuration = With("min.insync.replicas", "1") },
            "unclean-election" => topic with { Configuration = With("unclean.leader.election.enable", "true") },
            _ => topic with { Configuration = With("retention.ms", "-1") },
        };
        Only(Cluster() with { Topics = [broken] }, rule).ShouldSatisfyAllConditions(
            finding => finding.Severity.ShouldBe(severity),
            finding => finding.Subject.ShouldBe("topic orders"),
            finding => finding.NextStep.ShouldNotBeEmpty());
    }

    [Theory]
    [InlineData("unreachable-broker", Severity.Error)]
    [InlineData("fenced-broker", Severity.Error)]
    [InlineData("failed-log-directory", Severity.Error)]
    [InlineData("disk-usage", Severity.Warning)]
    [InlineData("disk-usage", Severity.Error)]
    [InlineData("mixed-versions", Severity.Warning)]
    [InlineData("racks", Severity.Warning)]
    [InlineData("auto-create-topics", Severity.Note)]
    internal void What_is_wrong_with_a_broker(string rule, Severity severity)
    {
        ClusterFacts cluster = Cluster();
        BrokerFacts broker = cluster.Brokers[0];
        BrokerFacts broken = rule switch
        {
            "unreachable-broker" => broker with { Unreachable = "connection refused" },
            "fenced-broker" => broker with { IsFenced = true },
            "failed-log-directory" => broker with { LogDirectories = [new LogDirectoryFacts("/d1", "KAFKA_STORAGE_ERROR", null, null)] },
            "disk-usage" => broker with { LogDirectories = [new LogDirectoryFacts("/d1", null, 1000, severity == Severity.Error ? 80 : 200)] },
            "mixed-versions" => broker with { Release = "3.9" },
            "racks" => broker with { Rack = "a" },
            _ => broker with { Configuration = new Dictionary<string, string> { ["auto.create.topics.enable"] = "true" } },
        };
        Finding finding = Only(cluster with { Brokers = [broken, .. cluster.Brokers.Skip(1)] }, rule);
        finding.Severity.ShouldBe(severity);
    }

    [Fact]
    public void A_voter_behind_an_even_quorum_and_no_leader_are_told()
    {
        ClusterFacts cluster = Cluster() with { Quorum = new QuorumFacts(-1, [(1, 0, 0), (2, 5000, 0)]) };
        CheckRules.All(cluster, new CheckLimits()).Select(finding => finding.Rule).ShouldBe(["quorum-lag", "quorum-without-leader", "even-quorum"]);
    }

    [Fact]
    public void A_voter_that_has_stopped_is_told_before_it_lags()
    {
        ClusterFacts cluster = Cluster() with { Quorum = new QuorumFacts(1, [(1, 0, 0), (2, 3, 12_000), (3, 3, null)]) };
        CheckRules.All(cluster, new CheckLimits()).Select(finding => $"{finding.Rule} {finding.Subject}: {finding.Message}").ShouldBe(
            ["quorum-lag controller 2: it has not fetched for 12.0 s", "quorum-lag controller 3: it has not fetched since controller 1 leads"]);
    }

    [Fact]
    public void A_group_that_lags_names_its_worst_partition()
    {
        ClusterFacts cluster = Cluster() with { Groups = [new GroupFacts("billing", "consumer", "Empty", 0, 200_000, "orders-7"), new GroupFacts("fine", "consumer", "Stable", 1, 100_000, null)] };
        Finding finding = Only(cluster, "lagging-group");
        finding.Message.ShouldBe("200,000 records behind, most of them on orders-7; it has no members");
    }

    [Fact]
    public void A_hanging_transaction_says_how_to_end_it() =>
        Only(Cluster() with { Hanging = [new HangingTransactionFacts("orders", 2, 1000, 17, 3_600_000)] }, "hanging-transaction")
            .NextStep.ShouldBe("moldau transactions abort --topic orders --partition 2 --start-offset 17");

    [Fact]
    public void One_broker_is_a_warning_but_its_topics_are_not_blamed_for_it()
    {
        ClusterFacts cluster = Cluster();
        cluster = cluster with { Brokers = [cluster.Brokers[0]], Topics = [cluster.Topics[0] with { Partitions = [new PartitionFacts(0, 1, [1], [1])] }] };
        Only(cluster, "single-broker").Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public void What_was_not_seen_is_a_finding_and_the_worst_comes_first()
    {
        ClusterFacts cluster = Cluster();
        cluster = cluster with { NotSeen = ["the groups: not allowed"], Topics = [cluster.Topics[0] with { Partitions = [new PartitionFacts(0, -1, [1, 2, 3], [])] }] };
        CheckRules.All(cluster, new CheckLimits()).Select(finding => finding.Rule).ShouldBe(["offline-partitions", "not-seen"]);
    }

    private static Finding Only(ClusterFacts cluster, string rule)
    {
        IReadOnlyList<Finding> findings = CheckRules.All(cluster, new CheckLimits());
        return findings.Where(finding => finding.Rule == rule).ShouldHaveSingleItem(string.Join("; ", findings));
    }

    private static Dictionary<string, string> With(string key, string value) => new(Sound) { [key] = value };

    private static ClusterFacts Cluster() => new()
    {
        Brokers = [.. Enumerable.Range(1, 3).Select(id => new BrokerFacts { Id = id, Release = "4.4", LogDirectories = [new LogDirectoryFacts("/d1", null, 1000, 700)] })],
        Topics = [new TopicFacts { Name = "orders", Partitions = [new PartitionFacts(0, 1, [1, 2, 3], [1, 2, 3])], Configuration = Sound }],
        Quorum = new QuorumFacts(1, [(1, 0, 0), (2, 0, 12), (3, 12, 500)]),
    };
}
