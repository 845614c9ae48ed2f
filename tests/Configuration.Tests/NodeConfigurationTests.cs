namespace Moldau.Configuration.Tests;

public class NodeConfigurationTests
{
    [Fact]
    public void A_file_of_Apache_Kafka_gives_a_node()
    {
        NodeConfiguration node = Fixtures.Node(("num.partitions", " 3 "));
        node.NodeId.ShouldBe(1);
        node.IsBroker.ShouldBeTrue();
        node.IsController.ShouldBeTrue();
        node.NumPartitions.ShouldBe(3);
        node.LogDirs.ShouldBe(["/data/a", "/data/b"]);
        node.MetadataLogDir.ShouldBe("/data/a");
        node.BrokerListeners.ShouldHaveSingleItem().ToString().ShouldBe("PLAINTEXT://127.0.0.1:9092");
        node.ControllerListeners.ShouldHaveSingleItem().ToString().ShouldBe("CONTROLLER://127.0.0.1:9093");
        node.InterBrokerListenerName.ShouldBe("PLAINTEXT");
        node.QuorumVoters.ShouldHaveSingleItem().ShouldBe(new QuorumVoter(1, "127.0.0.1", 9093));
        node.LogRetentionMs.ShouldBe(604_800_000);
        node.TopicDefaults.SegmentBytes.ShouldBe(1 << 30);
    }

    [Fact]
    public void Buffers_of_sockets_are_the_systems_unless_a_size_is_set()
    {
        NodeConfiguration unset = Fixtures.Node();
        unset.SocketReceiveBufferBytes.ShouldBe(-1);
        unset.SocketSendBufferBytes.ShouldBe(-1);
        NodeConfiguration set = Fixtures.Node(("socket.receive.buffer.bytes", "102400"), ("socket.send.buffer.bytes", "65536"));
        set.SocketReceiveBufferBytes.ShouldBe(102_400);
        set.SocketSendBufferBytes.ShouldBe(65_536);
    }

    [Theory]
    [InlineData("num.partition", "3", "Unknown configuration num.partition: did you mean num.partitions?")]
    [InlineData("xyzzy", "3", "Unknown configuration xyzzy")]
    [InlineData("num.partitions", "0", "Invalid value 0 for configuration num.partitions: Value must be at least 1")]
    [InlineData("num.partitions", "many", "Invalid value many for configuration num.partitions: Not a number of type INT")]
    [InlineData("auto.create.topics.enable", "yes", "Invalid value yes for configuration auto.create.topics.enable: Expected value to be either true or false")]
    [InlineData("process.roles", "broker,boss", "Invalid value boss for configuration process.roles: String must be one of: broker, controller")]
    [InlineData("broker.id", "2", "You must set `node.id` to the same value as `broker.id`.")]
    [InlineData("node.id", "-1", "Invalid value -1 for configuration node.id: Value must be at least 0")]
    [InlineData("advertised.listeners", "PLAINTEXT://0.0.0.0:9092", "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.")]
    [InlineData("controller.quorum.voters", "2@127.0.0.1:9093", "If process.roles contains the 'controller' role, the node id 1 must be included in the set of voters controller.quorum.voters=2")]
    [InlineData("controller.quorum.voters", "1-127.0.0.1:9093", "Invalid configuration value for controller.quorum.voters: 1-127.0.0.1:9093. Each entry should be in the form `{id}@{host}:{port}`.")]
    [InlineData("controller.quorum.voters", "", "If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.")]
    [InlineData("queued.max.request.bytes", "5", "queued.max.request.bytes must be larger or equal to socket.request.max.bytes")]
    [InlineData("max.connections.per.ip", "0", "max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.")]
    [InlineData("log.retention.ms", "0", "log.retention.ms must be unlimited (-1) or, greater than or equal to 1")]
    [InlineData("log.cleaner.min.compaction.lag.ms", "10000000000000000000", "Invalid value 10000000000000000000 for configuration log.cleaner.min.compaction.lag.ms: Not a number of type LONG")]
    [InlineData("replica.fetch.wait.max.ms", "40000", "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts")]
    [InlineData("inter.broker.listener.name", "INTERNAL", "Listener with name INTERNAL defined in inter.broker.listener.name not found in listener.security.protocol.map.")]
    public void What_is_wrong_is_refused_with_what_would_be_right(string key, string value, string message) => Fixtures.Refusal((key, value)).ShouldBe(message);

    [Theory]
    [InlineData("PLAINTEXT://127.0.0.1:9092", "controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role")]
    [InlineData("PLAINTEXT//127.0.0.1:9092,CONTROLLER://:9093", "Error creating broker listeners from 'PLAINTEXT//127.0.0.1:9092,CONTROLLER://:9093' (listeners): Unable to parse PLAINTEXT//127.0.0.1:9092 to a broker endpoint, it must be NAME://host:port")]
    [InlineData("PLAINTEXT://:9092,CONTROLLER://:9092", "Each listener must have a different port unless exactly one listener has an IPv4 address and the other IPv6 address, listeners: PLAINTEXT://:9092,CONTROLLER://:9092, port: 9092")]
    [InlineData("PLAINTEXT://:9092,plaintext://:9094,CONTROLLER://:9093", "Each listener must have a different name, listeners: PLAINTEXT://:9092,plaintext://:9094,CONTROLLER://:9093")]
    [InlineData("FOO://:9092,CONTROLLER://:9093", "Error creating broker listeners from 'FOO://:9092,CONTROLLER://:9093' (listeners): No security protocol defined for listener FOO, add it to listener.security.protocol.map")]
    [InlineData("CONTROLLER://:9093", "There must be at least one broker advertised listener. Perhaps all listeners appear in controller.listener.names?")]
    public void Listeners_that_contradict_are_refused(string listeners, string message) => Fixtures.Refusal(("listeners", listeners)).ShouldBe(message);

    [Fact]
    public void One_port_may_serve_IPv4_and_IPv6()
    {
        NodeConfiguration node = Fixtures.Node(
            ("listeners", "A://127.0.0.1:9092,B://[::1]:9092,CONTROLLER://:9093"),
            ("listener.security.protocol.map", "A:PLAINTEXT,B:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            ("inter.broker.listener.name", "a"));
        node.BrokerListeners.Select(l => l.Host).ShouldBe(["127.0.0.1", "::1"]);
        node.Listeners[1].ToString().ShouldBe("B://[::1]:9092");
        node.ControllerListeners[0].Host.ShouldBeNull();
        node.InterBrokerListenerName.ShouldBe("A");
    }

    [Theory]
    [InlineData("SSL://:9092,CONTROLLER://:9093", "SSL:SSL,CONTROLLER:PLAINTEXT", "SSL")]
    [InlineData("IN://:9092,CONTROLLER://:9093", "IN:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT", "IN")]
    public void Listeners_with_security_that_is_not_here_are_refused(string listeners, string map, string name) =>
        Fixtures.Refusal(("listeners", listeners), ("listener.security.protocol.map", map), ("inter.broker.listener.name", name))
            .ShouldStartWith($"listener {name} is refused: its security protocol is S");

    [Theory]
    [InlineData("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "there is no authorizer yet")]
    [InlineData("remote.log.storage.system.enable", "true", "leave it at false")]
    [InlineData("create.topic.policy.class.name", "com.example.Policy", "remove it")]
    public void A_promise_that_cannot_be_kept_is_refused(string key, string value, string part)
    {
        string message = Fixtures.Refusal((key, value));
        message.ShouldStartWith($"{key}={value} is refused: ");
        message.ShouldContain(part);
    }

    [Theory]
    [InlineData("remote.log.storage.system.enable", "false")]
    [InlineData("authorizer.class.name", "")]
    [InlineData("log.cleaner.threads", "1")]
    public void A_value_that_is_the_default_passes_without_a_word(string key, string value)
    {
        List<string> warnings = [];
        NodeConfiguration.Load(Fixtures.Properties((key, value)), warnings);
        warnings.ShouldBeEmpty();
    }

    [Fact]
    public void What_has_no_effect_gives_one_warning_for_each_reason()
    {
        List<string> warnings = [];
        NodeConfiguration.Load(
            Fixtures.Properties(("delegation.token.expiry.time.ms", "5"), ("delegation.token.expiry.check.interval.ms", "7"), ("ssl.keystore.password", "secret"), ("super.users", "User:me")), warnings);
        warnings.Count.ShouldBe(3);
        warnings.ShouldContain(w => w.Contains("delegation.token.expiry.check.interval.ms=7, delegation.token.expiry.time.ms=5", StringComparison.Ordinal));
        warnings.ShouldAllBe(w => !w.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zookeeper.connect", "KRaft")]
    [InlineData("inter.broker.protocol.version", "metadata.version")]
    [InlineData("log.message.format.version", "delete it")]
    public void Keys_of_older_releases_are_refused_with_advice(string key, string part) => Fixtures.Refusal((key, "x")).ShouldContain(part);

    [Fact]
    public void A_setting_of_one_listener_must_name_a_setting() =>
        Fixtures.Refusal(("listener.name.client.ssl.keystore.locatio", "x")).ShouldContain("did you mean ssl.keystore.location?");

    [Theory]
    [InlineData("node.id")]
    [InlineData("process.roles")]
    [InlineData("controller.listener.names")]
    public void A_required_key_must_be_there(string key)
    {
        Dictionary<string, string> properties = Fixtures.Properties();
        properties.Remove(key);
        Should.Throw<ConfigurationException>(() => NodeConfiguration.Load(properties, [])).Message
            .ShouldBe($"Missing required configuration \"{key}\" which has no default value.");
    }

    [Fact]
    public void Broker_id_stands_in_for_node_id()
    {
        Dictionary<string, string> properties = Fixtures.Properties(("broker.id", "1"));
        properties.Remove("node.id");
        NodeConfiguration.Load(properties, []).NodeId.ShouldBe(1);
    }

    [Fact]
    public void Dynamic_values_make_a_new_snapshot_and_drive_out_weaker_synonyms()
    {
        NodeConfiguration before = Fixtures.Node(("log.retention.hours", "1"), ("log.roll.hours", "2"));
        NodeConfiguration after = before.WithDynamic(
            Fixtures.Map(("log.retention.ms", "5"), ("message.max.bytes", "100")), Fixtures.Map(("message.max.bytes", "200")), []);
        before.LogRetentionMs.ShouldBe(3_600_000);
        after.LogRetentionMs.ShouldBe(5);
        after.TopicDefaults.RetentionMs.ShouldBe(5);
        after.TopicDefaults.MaxMessageBytes.ShouldBe(200);
        after.TopicDefaults.SegmentMs.ShouldBe(7_200_000);
        after.WithDynamic(Fixtures.Map(), Fixtures.Map(), []).LogRetentionMs.ShouldBe(3_600_000);
    }

    [Fact]
    public void A_stored_dynamic_value_that_cannot_be_used_is_left_out_with_a_warning()
    {
        List<string> warnings = [];
        NodeConfiguration node = Fixtures.Node().WithDynamic(Fixtures.Map(("message.max.bytes", "x"), ("num.partitions", "3"), ("log.retention.ms", "5")), Fixtures.Map(), warnings);
        node.LogRetentionMs.ShouldBe(5);
        node.NumPartitions.ShouldBe(1);
        warnings.Count.ShouldBe(2);
    }

    [Fact]
    public void A_topic_overrides_what_the_node_says()
    {
        NodeConfiguration node = Fixtures.Node(("log.segment.bytes", "2000000"), ("compression.type", "zstd"), ("log.retention.minutes", "3"));
        TopicConfiguration topic = node.ForTopic(Fixtures.Map(("compression.type", "lz4"), ("cleanup.policy", "compact"), ("durability", "kafka")));
        topic.SegmentBytes.ShouldBe(2_000_000);
        topic.CompressionType.ShouldBe("lz4");
        topic.RetentionMs.ShouldBe(180_000);
        topic.LocalRetentionMs.ShouldBe(180_000);
        topic.Compact.ShouldBeTrue();
        topic.Delete.ShouldBeFalse();
        topic.Durability.ShouldBe(DurabilityMode.Kafka);
        node.ForTopic(Fixtures.Map()).ShouldBeSameAs(node.TopicDefaults);
    }

    [Theory]
    [InlineData("0.5", "0.5")]
    [InlineData("1", "1.0")]
    [InlineData("1e7", "1.0E7")]
    [InlineData("9999999", "9999999.0")]
    [InlineData("0.001", "0.001")]
    [InlineData("0.00012", "1.2E-4")]
    [InlineData("1.7976931348623157E308", "1.7976931348623157E308")]
    [InlineData("-0.25d", "-0.25")]
    [InlineData("123456789.125", "1.23456789125E8")]
    public void Doubles_are_written_as_Java_writes_them(string text, string written)
    {
        ConfigKey key = ConfigTables.Broker["log.cleaner.io.max.bytes.per.second"];
        ConfigParser.TryParse(key, text, out object? value, out string? error).ShouldBeTrue(error);
        ConfigParser.Format(value).ShouldBe(written);
    }
}
