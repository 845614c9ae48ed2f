namespace Moldau.Configuration.Tests;

/// <summary>The error texts are what Apache Kafka 4.4 answers to the same change.</summary>
public class AlterTests
{
    [Theory]
    [InlineData("bogus", "1", "Unknown topic config name: bogus")]
    [InlineData("retention.ms", "-5", "Invalid value -5 for configuration retention.ms: Value must be at least -1")]
    [InlineData("segment.bytes", "12", "Invalid value 12 for configuration segment.bytes: Value must be at least 1048576")]
    [InlineData("segment.bytes", "1e6", "Invalid value 1e6 for configuration segment.bytes: Not a number of type INT")]
    [InlineData("preallocate", "maybe", "Invalid value maybe for configuration preallocate: Expected value to be either true or false")]
    [InlineData("cleanup.policy", "foo", "Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete")]
    [InlineData("compression.gzip.level", "0", "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1")]
    [InlineData("compression.type", "foo", "Invalid value foo for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer")]
    [InlineData("remote.storage.enable", "true", "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.")]
    [InlineData(
        "leader.replication.throttled.replicas",
        "x",
        "Invalid value [x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...")]
    public void A_bad_topic_value_is_an_invalid_configuration(string key, string value, string message)
    {
        ConfigFault fault = ConfigCheck.Resource(ConfigResourceType.Topic, "t", Fixtures.Map((key, value)), Fixtures.Node()).ShouldNotBeNull();
        fault.Kind.ShouldBe(ConfigFaultKind.InvalidConfig);
        fault.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("cleanup.policy", "")]
    [InlineData("cleanup.policy", " compact , delete ")]
    [InlineData("retention.ms", " -1 ")]
    [InlineData("preallocate", "TRUE")]
    [InlineData("min.cleanable.dirty.ratio", "1e-1")]
    [InlineData("leader.replication.throttled.replicas", "*")]
    [InlineData("leader.replication.throttled.replicas", "0:1,1:2")]
    [InlineData("durability", "kafka")]
    public void A_good_topic_value_passes(string key, string value) =>
        ConfigCheck.Resource(ConfigResourceType.Topic, "t", Fixtures.Map((key, value)), Fixtures.Node()).ShouldBeNull();

    [Fact]
    public void The_compaction_lags_of_a_topic_must_not_cross()
    {
        ConfigFault? fault = ConfigCheck.Topic(Fixtures.Map(("min.compaction.lag.ms", "100"), ("max.compaction.lag.ms", "10")), Fixtures.Node());
        fault.ShouldBe(new ConfigFault(ConfigFaultKind.InvalidConfig, "conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (10)"));
    }

    [Theory]
    [InlineData("num.partitions", "0", "Cannot update these configs dynamically: [num.partitions]")]
    [InlineData("ssl.keystore.location", "/x", "These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.location]")]
    [InlineData("compression.type", "foo", "Invalid value foo for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer")]
    [InlineData("log.retention.ms", "0", "log.retention.ms must be unlimited (-1) or, greater than or equal to 1")]
    [InlineData("num.io.threads", "40", "Dynamic thread count update validation failed for num.io.threads=40, value should not be greater than double the current value 8")]
    [InlineData("num.io.threads", "1", "Dynamic thread count update validation failed for num.io.threads=1, value should be at least half the current value 8")]
    public void A_bad_change_of_a_broker_is_an_invalid_request(string key, string value, string message) =>
        ConfigCheck.Resource(ConfigResourceType.Broker, "1", Fixtures.Map((key, value)), Fixtures.Node()).ShouldBe(new ConfigFault(ConfigFaultKind.InvalidRequest, message));

    [Fact]
    public void Per_broker_keys_have_no_cluster_default()
    {
        Dictionary<string, string> change = Fixtures.Map(("listeners", "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093"));
        ConfigCheck.Resource(ConfigResourceType.Broker, "1", change, Fixtures.Node()).ShouldBeNull();
        ConfigCheck.Resource(ConfigResourceType.Broker, "", change, Fixtures.Node()).ShouldBe(
            new ConfigFault(ConfigFaultKind.InvalidRequest, "Cannot update these configs at default cluster level, broker id must be specified: [listeners]"));
    }

    [Theory]
    [InlineData("bogus", "1", "Unknown group config name: bogus")]
    [InlineData("consumer.session.timeout.ms", "5", "consumer.session.timeout.ms must be in the range 45000 to 60000 inclusive.")]
    [InlineData("consumer.session.timeout.ms", "x", "Invalid value x for configuration consumer.session.timeout.ms: Not a number of type INT")]
    [InlineData("streams.assignor.name", "foo", "streams.assignor.name 'foo' is not a registered task assignor. Registered assignors are: [sticky].")]
    [InlineData("errors.deadletterqueue.topic.name", "__x", "errors.deadletterqueue.topic.name: DLQ topic name must not start with '__'")]
    [InlineData(
        "share.auto.offset.reset",
        "foo",
        "Invalid value foo for configuration share.auto.offset.reset: Invalid value `foo` for configuration share.auto.offset.reset. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.")]
    public void A_bad_group_value_is_an_invalid_configuration(string key, string value, string message) =>
        ConfigCheck.Resource(ConfigResourceType.Group, "g", Fixtures.Map((key, value)), Fixtures.Node()).ShouldBe(new ConfigFault(ConfigFaultKind.InvalidConfig, message));

    [Theory]
    [InlineData("PT1H", true)]
    [InlineData("P1DT2H3M4.5S", true)]
    [InlineData("PT0S", true)]
    [InlineData("-PT1H", false)]
    [InlineData("P1M", false)]
    [InlineData("PT", false)]
    [InlineData("1H", false)]
    public void A_share_group_may_start_a_duration_back(string duration, bool good) =>
        (ConfigCheck.Resource(ConfigResourceType.Group, "g", Fixtures.Map(("share.auto.offset.reset", "by_duration:" + duration)), Fixtures.Node()) is null).ShouldBe(good);

    [Theory]
    [InlineData("foo", "5", ConfigFaultKind.InvalidRequest, "Unknown client metrics configuration: foo")]
    [InlineData("interval.ms", "5", ConfigFaultKind.InvalidRequest, "Invalid value 5 for interval.ms, interval must be between 100 and 3600000 (1 hour)")]
    [InlineData("match", "a", ConfigFaultKind.InvalidConfig, "Illegal client matching pattern: a")]
    public void A_bad_subscription_is_refused(string key, string value, ConfigFaultKind kind, string message) =>
        ConfigCheck.Resource(ConfigResourceType.ClientMetrics, "m", Fixtures.Map((key, value)), Fixtures.Node()).ShouldBe(new ConfigFault(kind, message));

    [Fact]
    public void Appending_and_subtracting_start_from_the_default_of_a_list()
    {
        ConfigEdit[] append = [new("cleanup.policy", ConfigOperation.Append, "compact,delete")];
        ConfigEditor.Incremental(ConfigResourceType.Topic, Fixtures.Map(), append, out Dictionary<string, string?> changes).ShouldBeNull();
        changes["cleanup.policy"].ShouldBe("delete,compact");
        ConfigEdit[] subtract = [new("cleanup.policy", ConfigOperation.Subtract, "delete")];
        ConfigEditor.Incremental(ConfigResourceType.Topic, Fixtures.Map(("cleanup.policy", "compact,delete")), subtract, out changes).ShouldBeNull();
        changes["cleanup.policy"].ShouldBe("compact");
    }

    [Fact]
    public void Appending_to_what_is_not_a_list_is_refused()
    {
        ConfigEdit[] edits = [new("retention.ms", ConfigOperation.Append, "1")];
        ConfigEditor.Incremental(ConfigResourceType.Topic, Fixtures.Map(), edits, out _).ShouldBe(
            new ConfigFault(ConfigFaultKind.InvalidConfig, "Can't APPEND to key retention.ms because its type is not LIST."));
    }

    [Fact]
    public void What_stays_the_same_is_no_change_but_for_brokers()
    {
        ConfigEdit[] edits = [new("compression.type", ConfigOperation.Set, "lz4")];
        Dictionary<string, string> current = Fixtures.Map(("compression.type", "lz4"));
        ConfigEditor.Incremental(ConfigResourceType.Topic, current, edits, out Dictionary<string, string?> changes).ShouldBeNull();
        changes.ShouldBeEmpty();
        ConfigEditor.Incremental(ConfigResourceType.Broker, current, edits, out changes).ShouldBeNull();
        changes.ShouldHaveSingleItem();
    }

    [Fact]
    public void The_older_request_removes_what_it_does_not_name()
    {
        ConfigEdit[] values = [new("retention.ms", ConfigOperation.Set, "1000")];
        ConfigEditor.Replace(ConfigResourceType.Topic, Fixtures.Map(("compression.type", "lz4")), values, out Dictionary<string, string?> changes).ShouldBeNull();
        changes.ShouldBe(new Dictionary<string, string?> { ["retention.ms"] = "1000", ["compression.type"] = null }, ignoreOrder: true);
        ConfigEditor.Apply(Fixtures.Map(("compression.type", "lz4")), changes).ShouldBe(Fixtures.Map(("retention.ms", "1000")));
    }

    [Fact]
    public void Duplicate_keys_and_null_values_are_invalid_requests()
    {
        ConfigEdit[] twice = [new("retention.ms", ConfigOperation.Set, "1"), new("retention.ms", ConfigOperation.Delete, null)];
        ConfigEditor.Incremental(ConfigResourceType.Topic, Fixtures.Map(), twice, out _)!.Message.ShouldBe("Error due to duplicate config keys");
        ConfigEdit[] nothing = [new("retention.ms", ConfigOperation.Set, null)];
        ConfigEditor.Incremental(ConfigResourceType.Topic, Fixtures.Map(), nothing, out _)!.Message.ShouldBe("Null value not supported for : retention.ms");
    }
}
