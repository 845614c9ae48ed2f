namespace Moldau.Cli.Tests;

public class ConfigChangesTests
{
    [Theory]
    [InlineData("a=1", "a=1")]
    [InlineData("a=1,b=2", "a=1;b=2")]
    [InlineData("a=[x,y],b=2", "a=x,y;b=2")]
    [InlineData("a=", "a=")]
    [InlineData("a=[],b=x=y", "a=;b=x=y")]
    public void Changes_are_written_as_for_kafka_configs(string text, string expected) =>
        string.Join(";", ConfigChanges.Pairs("--add-config", text).Select(pair => $"{pair.Key}={pair.Value}")).ShouldBe(expected);

    [Theory]
    [InlineData("a")]
    [InlineData("=1")]
    [InlineData("a=1,b")]
    public void Others_are_refused(string text) => Should.Throw<CliException>(() => ConfigChanges.Pairs("--add-config", text)).Message.ShouldStartWith($"--add-config {text}:");

    [Fact]
    public void Deleting_appending_and_subtracting_follow()
    {
        string.Join(";", ConfigChanges.Of(["a=1"], ["b,c"], ["d=x"], ["e=y"]).Select(change => $"{change.Type} {change.Name} {change.Value}"))
            .ShouldBe("Set a 1;Delete b ;Delete c ;Append d x;Subtract e y");
    }

    [Fact]
    public void Names_of_librdkafka_become_kafkas()
    {
        Dictionary<string, string> kafka = LibrdkafkaNames.ToKafka(
        [
            new("metadata.broker.list", "b:1"), new("security.protocol", "sasl_ssl"), new("sasl.mechanisms", "SCRAM-SHA-256"), new("sasl.username", "alice"), new("sasl.password", "a\"b"),
            new("ssl.ca.location", "/ca.pem"), new("topic.compression.codec", "lz4"), new("enable.partition.eof", "true"), new("acks", "1"),
        ]);
        kafka.ShouldBe(
            new Dictionary<string, string>
            {
                ["bootstrap.servers"] = "b:1",
                ["security.protocol"] = "SASL_SSL",
                ["sasl.mechanism"] = "SCRAM-SHA-256",
                ["ssl.truststore.location"] = "/ca.pem",
                ["ssl.truststore.type"] = "PEM",
                ["compression.type"] = "lz4",
                ["acks"] = "1",
                ["sasl.jaas.config"] = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"alice\" password=\"a\\\"b\";",
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Of_a_producers_keys_the_admin_client_gets_those_of_the_connection() =>
        ClientProperties.OfConnection(new Dictionary<string, string> { ["bootstrap.servers"] = "b:1", ["sasl.mechanism"] = "PLAIN", ["linger.ms"] = "5", ["group.id"] = "g" }).Keys.ShouldBe(["bootstrap.servers", "sasl.mechanism"]);

    [Fact]
    public void Topics_are_chosen_by_whole_names_or_patterns()
    {
        string[] topics = ["orders", "orders-eu", "bills"];
        TopicFilter.Choose([], topics).ShouldBe(topics);
        TopicFilter.Choose(["orders"], topics).ShouldBe(["orders"]);
        TopicFilter.Choose(["orders.*", "bills"], topics).ShouldBe(topics);
        Should.Throw<CliException>(() => TopicFilter.Choose(["("], topics)).ExitCode.ShouldBe(2);
    }
}
