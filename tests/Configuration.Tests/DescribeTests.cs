namespace Moldau.Configuration.Tests;

/// <summary>
/// Golden/*.txt is what kafka-configs --describe --all prints for an Apache Kafka 4.4 node that was started with Golden/server.properties and altered as
/// <see cref="GoldenNode"/> says. Ours must read the same.
/// </summary>
public class DescribeTests
{
    private static readonly DescribeOptions Whole = new(null, IncludeSynonyms: true, IncludeDocumentation: true);

    [Fact]
    public void A_broker_is_described_as_Apache_Kafka_describes_it() => ShouldAgree("broker", ConfigDescriber.DescribeBroker(GoldenNode(), Whole));

    [Fact]
    public void Broker_defaults_are_described_as_Apache_Kafka_describes_them() => ShouldAgree("default", ConfigDescriber.DescribeBrokerDefaults(GoldenNode(), Whole));

    [Fact]
    public void A_topic_is_described_as_Apache_Kafka_describes_it()
    {
        Dictionary<string, string> overrides = Fixtures.Map(("retention.ms", "1000"), ("cleanup.policy", "compact,delete"), ("min.cleanable.dirty.ratio", "0.25"));
        ShouldAgree("topic", ConfigDescriber.DescribeTopic(GoldenNode(), overrides, Whole));
    }

    [Fact]
    public void A_group_is_described_as_Apache_Kafka_describes_it() =>
        ShouldAgree("group", ConfigDescriber.DescribeGroup(GoldenNode(), Fixtures.Map(("consumer.heartbeat.interval.ms", "6000")), Whole));

    [Fact]
    public void Read_only_keys_are_those_that_cannot_be_changed_dynamically()
    {
        IReadOnlyList<ConfigEntry> entries = ConfigDescriber.DescribeBroker(Fixtures.Node(), Whole);
        entries.Single(e => e.Name == "num.partitions").IsReadOnly.ShouldBeTrue();
        entries.Single(e => e.Name == "message.max.bytes").IsReadOnly.ShouldBeFalse();
        entries.Single(e => e.Name == "listeners").IsReadOnly.ShouldBeFalse();
    }

    [Fact]
    public void Types_have_the_codes_of_the_protocol()
    {
        IReadOnlyList<ConfigEntry> entries = ConfigDescriber.DescribeTopic(Fixtures.Node(), Fixtures.Map(), Whole);
        ((sbyte)entries.Single(e => e.Name == "preallocate").Type).ShouldBe((sbyte)1);
        ((sbyte)entries.Single(e => e.Name == "compression.type").Type).ShouldBe((sbyte)2);
        ((sbyte)entries.Single(e => e.Name == "segment.bytes").Type).ShouldBe((sbyte)3);
        ((sbyte)entries.Single(e => e.Name == "retention.ms").Type).ShouldBe((sbyte)5);
        ((sbyte)entries.Single(e => e.Name == "min.cleanable.dirty.ratio").Type).ShouldBe((sbyte)6);
        ((sbyte)entries.Single(e => e.Name == "cleanup.policy").Type).ShouldBe((sbyte)7);
    }

    [Fact]
    public void Only_the_keys_asked_for_come_and_synonyms_and_documentation_only_when_asked_for()
    {
        ConfigEntry entry = ConfigDescriber.DescribeTopic(Fixtures.Node(), Fixtures.Map(), new DescribeOptions(["retention.ms"])).ShouldHaveSingleItem();
        entry.Value.ShouldBe("604800000");
        entry.Source.ShouldBe(ConfigSource.Default);
        entry.Synonyms.ShouldBeEmpty();
        entry.Documentation.ShouldBeNull();
    }

    [Fact]
    public void Keys_of_our_own_come_when_they_are_set_or_asked_for_by_name()
    {
        static bool HasDurability(IReadOnlyList<ConfigEntry> entries) => entries.Any(entry => entry.Name == "durability");

        HasDurability(ConfigDescriber.DescribeTopic(Fixtures.Node(), Fixtures.Map(), Whole)).ShouldBeFalse();
        HasDurability(ConfigDescriber.DescribeTopic(Fixtures.Node(), Fixtures.Map(("durability", "kafka")), Whole)).ShouldBeTrue();
        HasDurability(ConfigDescriber.DescribeTopic(Fixtures.Node(), Fixtures.Map(), new DescribeOptions(["durability"]))).ShouldBeTrue();
    }

    [Fact]
    public void Secrets_are_hidden_wherever_they_are_set()
    {
        NodeConfiguration node = Fixtures.Node(("ssl.keystore.password", "secret"), ("listener.name.plaintext.ssl.key.password", "secret"));
        foreach (ConfigEntry entry in ConfigDescriber.DescribeBroker(node, Whole).Where(e => e.Name.EndsWith("password", StringComparison.Ordinal)))
        {
            entry.Value.ShouldBeNull(entry.Name);
            entry.IsSensitive.ShouldBeTrue(entry.Name);
            entry.Synonyms.ShouldAllBe(s => s.Value == null);
        }
    }

    [Fact]
    public void A_client_metrics_subscription_shows_what_is_set_beside_the_defaults()
    {
        IReadOnlyList<ConfigEntry> entries = ConfigDescriber.DescribeClientMetrics(Fixtures.Map(("interval.ms", "1000")), Whole);
        entries.Select(e => $"{e.Name}={e.Value} {e.Source}").Order(StringComparer.Ordinal)
            .ShouldBe(["interval.ms=1000 ClientMetrics", "match= Default", "metrics= Default"]);
    }

    private static NodeConfiguration GoldenNode()
    {
        Dictionary<string, string> properties = PropertiesReader.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "server.properties")));
        return NodeConfiguration.Load(properties, []).WithDynamic(
            Fixtures.Map(
                ("log.retention.ms", "100000"), ("message.max.bytes", "2000000"), ("leader.replication.throttled.rate", "12345"), ("some.plugin.key", "x"),
                ("min.insync.replicas", "1")),
            Fixtures.Map(("log.retention.ms", "200000"), ("log.cleaner.threads", "2"), ("max.connections", "500")),
            []);
    }

    private static void ShouldAgree(string name, IReadOnlyList<ConfigEntry> entries)
    {
        string[] expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".txt"));
        IEnumerable<string> ours = entries.Where(e => !IsOurs(e.Name)).Select(Line);
        ours.Order(StringComparer.Ordinal).ShouldBe(expected.Order(StringComparer.Ordinal));
    }

    private static bool IsOurs(string name) => name is "durability" or "log.json" or "log.level";

    private static string Line(ConfigEntry entry)
    {
        string synonyms = string.Join(", ", entry.Synonyms.Select(s => $"{SourceName(s.Source)}:{s.Name}={s.Value ?? "null"}"));
        return $"{entry.Name}={entry.Value ?? "null"} sensitive={(entry.IsSensitive ? "true" : "false")} synonyms={{{synonyms}}}";
    }

    private static string SourceName(ConfigSource source) => source switch
    {
        ConfigSource.Topic => "DYNAMIC_TOPIC_CONFIG",
        ConfigSource.DynamicBroker => "DYNAMIC_BROKER_CONFIG",
        ConfigSource.DynamicDefaultBroker => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        ConfigSource.StaticBroker => "STATIC_BROKER_CONFIG",
        ConfigSource.Group => "DYNAMIC_GROUP_CONFIG",
        _ => "DEFAULT_CONFIG",
    };
}
