using System.Collections;
using Moldau.Configuration;
using Moldau.Runtime.Memory;

namespace Moldau.Host.Tests;

public class ConfigurationLoaderTests
{
    private const string File = """
        process.roles=broker,controller
        node.id=7
        listeners=PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093
        controller.listener.names=CONTROLLER
        controller.quorum.bootstrap.servers=127.0.0.1:19093
        log.dirs=/from-file
        num.partitions=2
        """;

    private readonly MemoryDisk _disk = new();
    private readonly Hashtable _environment = [];

    [Fact]
    public void Without_anything_a_cluster_of_one_listens_on_loopback()
    {
        NodeConfiguration node = Load(null);
        node.NodeId.ShouldBe(1);
        node.IsBroker.ShouldBeTrue();
        node.IsController.ShouldBeTrue();
        node.LogDirs.ShouldBe(["./moldau-data"]);
        node.Listeners.Select(l => l.ToString()).ShouldBe(["PLAINTEXT://127.0.0.1:9092", "CONTROLLER://127.0.0.1:9093"]);
        node.QuorumBootstrapServers.ShouldBe([new HostPort("127.0.0.1", 9093)]);
        node.AutoCreateTopics.ShouldBeTrue();
        node.OffsetsTopicReplicationFactor.ShouldBe((short)1);
        node.TransactionLogReplicationFactor.ShouldBe((short)1);
        node.TransactionLogMinIsr.ShouldBe(1);
        node.ShareStateTopicReplicationFactor.ShouldBe((short)1);
    }

    [Fact]
    public void Defaults_of_the_program_give_no_warnings() => ConfigurationLoader.Load(null, [], _environment, _disk).Warnings.ShouldBeEmpty();

    [Fact]
    public void Moving_the_clients_listener_leaves_the_controller_a_free_port() =>
        Load(null, "listeners=PLAINTEXT://127.0.0.1:19092").Listeners.Select(l => l.ToString()).ShouldBe(["PLAINTEXT://127.0.0.1:19092", "CONTROLLER://127.0.0.1:0"]);

    [Fact]
    public void A_file_is_read_as_it_is_and_gets_no_defaults_of_ours()
    {
        NodeConfiguration node = Load(File);
        node.NodeId.ShouldBe(7);
        node.LogDirs.ShouldBe(["/from-file"]);
        node.OffsetsTopicReplicationFactor.ShouldBe((short)3);
    }

    [Fact]
    public void An_override_beats_the_file_and_the_file_beats_the_environment()
    {
        _environment["MOLDAU_NUM_PARTITIONS"] = "4";
        _environment["MOLDAU_MESSAGE_MAX_BYTES"] = "5000";
        NodeConfiguration node = Load(File, "log.dirs=/from-override");
        node.LogDirs.ShouldBe(["/from-override"]);
        node.NumPartitions.ShouldBe(2);
        node.TopicDefaults.MaxMessageBytes.ShouldBe(5000);
    }

    [Fact]
    public void The_environment_beats_the_defaults()
    {
        _environment["MOLDAU_LOG_DIRS"] = "/from-environment";
        Load(null).LogDirs.ShouldBe(["/from-environment"]);
    }

    [Fact]
    public void A_variable_that_is_no_key_is_refused_with_the_nearest()
    {
        _environment["MOLDAU_NUM_PARTITION"] = "/x";
        Should.Throw<ConfigurationException>(() => Load(null)).Message.ShouldBe("Unknown configuration num.partition, from MOLDAU_NUM_PARTITION in the environment: did you mean num.partitions?");
    }

    [Fact]
    public void Variables_of_the_built_in_providers_are_resolved()
    {
        _environment["PARTITIONS"] = "5";
        Write("/secrets.properties", "size=6000");
        const string Package = "org.apache.kafka.common.config.provider.";
        NodeConfiguration node = Load(
            null,
            "config.providers=env,file",
            $"config.providers.env.class={Package}EnvVarConfigProvider",
            $"config.providers.file.class={Package}FileConfigProvider",
            "num.partitions=${env:PARTITIONS}",
            "message.max.bytes=${file:/secrets.properties:size}");
        node.NumPartitions.ShouldBe(5);
        node.TopicDefaults.MaxMessageBytes.ShouldBe(6000);
    }

    [Fact]
    public void A_variable_that_is_not_there_and_a_provider_in_Java_are_refused()
    {
        Should.Throw<ConfigurationException>(() => Load(
            null, "config.providers=env", "config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider", "num.partitions=${env:NOPE}"))
            .Message.ShouldBe("num.partitions: there is no NOPE in the environment");
        Should.Throw<ConfigurationException>(() => Load(null, "config.providers=x", "config.providers.x.class=com.example.Vault"))
            .Message.ShouldContain("no Java runs here");
    }

    [Theory]
    [InlineData("num.partitions", "--override num.partitions: it must be KEY=VALUE")]
    [InlineData("=3", "--override =3: it must be KEY=VALUE")]
    public void An_override_needs_a_key_and_a_value(string text, string message) => Should.Throw<ConfigurationException>(() => Load(null, text)).Message.ShouldBe(message);

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Should.Throw<ConfigurationException>(() => ConfigurationLoader.Load("/nowhere.properties", [], _environment, _disk)).Message
            .ShouldStartWith("cannot read the configuration file /nowhere.properties");

    private NodeConfiguration Load(string? file, params string[] overrides)
    {
        if (file is not null)
        {
            Write("/server.properties", file);
        }

        return ConfigurationLoader.Load(file is null ? null : "/server.properties", overrides, _environment, _disk).Node;
    }

    private void Write(string path, string text)
    {
        using Moldau.Runtime.IDiskFile file = _disk.Open(path, Moldau.Runtime.DiskOpenMode.CreateNew);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text), 0);
    }
}
