using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

public class OptionsTests
{
    [Fact]
    public void An_unknown_key_is_refused_with_the_nearest_known() =>
        Should.Throw<ConfigurationException>(() => Producer(("linger.sm", "1"))).Message.ShouldBe("linger.sm is not known: is linger.ms meant?");

    [Fact]
    public void A_wrong_value_is_refused_with_what_would_be_right() =>
        Should.Throw<ConfigurationException>(() => Producer(("acks", "2"))).Message.ShouldContain("all, -1, 0, 1");

    [Fact]
    public void A_key_that_cannot_be_kept_is_refused() =>
        Should.Throw<ConfigurationException>(() => Producer(("interceptor.classes", "com.acme.Audit"))).Message.ShouldContain("delegates");

    [Theory]
    [InlineData("acks", "1", false)]
    [InlineData("retries", "0", false)]
    [InlineData("acks", "all", true)]
    public void Idempotence_that_was_not_asked_for_gives_way(string key, string value, bool isIdempotent) => Producer((key, value)).EnableIdempotence.ShouldBe(isIdempotent);

    [Theory]
    [InlineData("acks", "1")]
    [InlineData("retries", "0")]
    [InlineData("max.in.flight.requests.per.connection", "6")]
    public void Idempotence_that_was_asked_for_does_not_give_way(string key, string value) =>
        Should.Throw<ConfigurationException>(() => Producer(("enable.idempotence", "true"), (key, value))).Message.ShouldContain(key);

    [Fact]
    public void Values_get_where_they_belong()
    {
        ProducerOptions producer = Producer(("linger.ms", "20"), ("compression.type", "zstd"), ("compression.zstd.level", "7"), ("transactional.id", "pay"), ("client.id", "till"));
        producer.Linger.ShouldBe(TimeSpan.FromMilliseconds(20));
        producer.CompressionLevel.ShouldBe(7);
        producer.TransactionalId.ShouldBe("pay");
        producer.ClientId.ShouldBe("till");

        ConsumerOptions consumer = ConsumerOptions.FromProperties(Properties(("group.id", "g"), ("auto.offset.reset", "by_duration:PT1H"), ("group.protocol", "CONSUMER"), ("isolation.level", "read_committed")));
        consumer.OffsetReset.ShouldBe(OffsetReset.ByDuration(TimeSpan.FromHours(1)));
        consumer.GroupProtocol.ShouldBe(GroupProtocol.Consumer);
        consumer.IsolationLevel.ShouldBe(IsolationLevel.ReadCommitted);
        consumer.Assignors().Select(assignor => assignor.Name).ShouldBe(["range", "cooperative-sticky"]);
    }

    [Fact]
    public void Each_default_of_Kafkas_tables_is_a_default_here()
    {
        ProducerOptions producer = Producer();
        (producer with { Seams = null! }).ShouldBe(new ProducerOptions { BootstrapServers = "h:1", Seams = null! });
        ConsumerOptions consumer = ConsumerOptions.FromProperties(Properties(("group.id", "g")));
        ConsumerOptions defaults = new() { BootstrapServers = "h:1", GroupId = "g", Seams = null!, Assignors = null! };
        (consumer with { Seams = null!, Assignors = null! }).ShouldBe(defaults);
    }

    [Fact]
    public void Buffers_of_sockets_hold_beside_seams_that_bring_no_network_of_their_own()
    {
        var network = new MemoryNetwork();
        (string Key, string Value) buffers = ("send.buffer.bytes", "65536");
        INetwork usual = new ClientSeams().Network;

        ProducerOptions.FromProperties(Properties(buffers), new ClientSeams { Time = new ManualTimeProvider() }).Seams.Network.ShouldNotBeSameAs(usual);
        ProducerOptions.FromProperties(Properties(buffers), new ClientSeams { Network = network }).Seams.Network.ShouldBeSameAs(network);
        AdminOptions.FromProperties(Properties(), new ClientSeams { Time = new ManualTimeProvider() }).Seams.Time.ShouldBeOfType<ManualTimeProvider>();
    }

    [Theory]
    [InlineData("org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\" password=\"a\\\"b;c\";", "alice", "a\"b;c")]
    [InlineData("x.ScramLoginModule required\n username=bob\n password=secret tokenauth=true;", "bob", "secret")]
    public void Name_and_password_are_read_from_a_login_module(string jaas, string user, string password)
    {
        SaslOptions sasl = Producer(("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN"), ("sasl.jaas.config", jaas)).Security.Sasl!;
        sasl.Username.ShouldBe(user);
        sasl.Password.ShouldBe(password);
        sasl.ToString().ShouldNotContain(password);
    }

    [Fact]
    public void A_password_of_Kerberos_needs_its_principal()
    {
        SaslOptions sasl = Kerberos("principal=\"alice@R\" password=\"a\"").Security.Sasl!;
        sasl.Username.ShouldBe("alice@R");
        Should.Throw<ConfigurationException>(() => Kerberos("password=\"a\"")).Message.ShouldContain("principal");
    }

    [Theory]
    [InlineData("keyTab", "KRB5_CLIENT_KTNAME")]
    [InlineData("ticketCache", "KRB5CCNAME")]
    public void What_Kerberos_takes_from_the_environment_alone_is_refused_elsewhere(string option, string variable) =>
        Should.Throw<ConfigurationException>(() => Kerberos($"useKeyTab=true {option}=\"/no/such\"")).Message.ShouldContain($"{variable}=/no/such");

    [Fact]
    public void The_service_of_Kerberos_is_kafka_unless_it_is_named()
    {
        Kerberos("useTicketCache=true").Security.Sasl!.KerberosServiceName.ShouldBe("kafka");
        Kerberos("serviceName=\"mill\"").Security.Sasl!.KerberosServiceName.ShouldBe("mill");
        Kerberos("serviceName=\"mill\"", ("sasl.kerberos.service.name", "weir")).Security.Sasl!.KerberosServiceName.ShouldBe("weir");
    }

    private static ProducerOptions Kerberos(string jaas, params (string Key, string Value)[] more) =>
        Producer([("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "GSSAPI"), ("sasl.jaas.config", $"com.sun.security.auth.module.Krb5LoginModule required {jaas};"), .. more]);

    private static ProducerOptions Producer(params (string Key, string Value)[] properties) => ProducerOptions.FromProperties(Properties(properties));

    private static IEnumerable<KeyValuePair<string, string>> Properties(params (string Key, string Value)[] properties) =>
        properties.Prepend(("bootstrap.servers", "h:1")).Select(property => KeyValuePair.Create(property.Item1, property.Item2));
}
