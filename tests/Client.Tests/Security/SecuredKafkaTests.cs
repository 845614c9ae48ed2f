using System.Security.Cryptography.X509Certificates;
using System.Text;
using Moldau.Configuration;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client.Tests;

/// <summary>
/// TLS and SASL against Apache Kafka, which compat/92-client-security.sh starts: MOLDAU_COMPAT_SECURED is the folder with its certificates, and the first of its ports behind a colon.
/// </summary>
public class SecuredKafkaTests
{
    private static readonly string[] Place = (Environment.GetEnvironmentVariable("MOLDAU_COMPAT_SECURED") ?? "").Split(':');

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int SslPort => Port;

    private static int SaslPort => Port + 1;

    private static int SaslSslPort => Port + 2;

    private static int ExpiredPort => Port + 3;

    private static int Port
    {
        get
        {
            Assert.SkipUnless(Place.Length == 2, "there is no Apache Kafka with TLS and SASL here: compat/run 92-client-security starts one");
            return int.Parse(Place[1]);
        }
    }

    [Fact]
    public Task An_authority_that_is_trusted_makes_a_connection() => AskAsync(SslPort, ("security.protocol", "SSL"), Truststore("ca.pem"), Own("client"));

    [Fact]
    public async Task An_authority_that_is_not_trusted_is_named()
    {
        KafkaException refused = await Should.ThrowAsync<AuthenticationException>(AskAsync(SslPort, ("security.protocol", "SSL"), Truststore("other.pem"), Own("client")));
        refused.Message.ShouldContain("127.0.0.1");
        refused.Message.ShouldContain("CN=ca, of which CN=broker is, is not trusted: it is not in ssl.truststore");
    }

    [Fact]
    public async Task A_certificate_whose_time_is_over_is_refused_with_its_times()
    {
        KafkaException refused = await Should.ThrowAsync<AuthenticationException>(AskAsync(ExpiredPort, ("security.protocol", "SSL"), Truststore("ca.pem"), Own("client")));
        refused.Message.ShouldContain("CN=expired holds from");
    }

    [Fact]
    public async Task A_broker_under_another_name_is_refused_unless_names_are_not_checked()
    {
        KafkaException refused = await Should.ThrowAsync<AuthenticationException>(AskHostAsync("localhost", SslPort, ("security.protocol", "SSL"), Truststore("ca.pem"), Own("client")));
        refused.Message.ShouldContain("it is not for localhost but for 127.0.0.1");
        await AskHostAsync("localhost", SslPort, ("security.protocol", "SSL"), Truststore("ca.pem"), Own("client"), ("ssl.endpoint.identification.algorithm", ""));
    }

    [Fact]
    public async Task A_broker_that_asks_for_a_certificate_gets_one()
    {
        KafkaException refused = await Should.ThrowAsync<KafkaException>(AskAsync(SslPort, ("security.protocol", "SSL"), Truststore("ca.pem"), ("default.api.timeout.ms", "10000")));
        refused.ToString().ShouldContain("the broker takes no client without a certificate that it trusts");
    }

    [Fact]
    public Task A_keystore_of_PKCS12_is_read() => AskAsync(
        SslPort, ("security.protocol", "SSL"), Truststore("ca.pem"), ("ssl.keystore.type", "PKCS12"), ("ssl.keystore.location", Path.Combine(Place[0], "client.p12")), ("ssl.keystore.password", "changeit"));

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public async Task A_name_with_its_password_is_taken_and_with_another_is_not(string mechanism)
    {
        await AskAsync(SaslPort, ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", mechanism), Login("alice", "alice-secret"));
        AuthenticationException refused = await Should.ThrowAsync<AuthenticationException>(
            AskAsync(SaslPort, ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", mechanism), Login("alice", "guess")));
        refused.Message.ShouldContain("alice");
        refused.Message.ShouldNotContain("guess");
    }

    [Fact]
    public Task A_name_goes_through_TLS() =>
        AskAsync(SaslSslPort, ("security.protocol", "SASL_SSL"), ("sasl.mechanism", "SCRAM-SHA-512"), Login("alice", "alice-secret"), Truststore("ca.pem"), Own("client"));

    [Fact]
    public async Task A_mechanism_that_the_broker_does_not_have_is_refused_with_those_it_has()
    {
        AuthenticationException refused = await Should.ThrowAsync<AuthenticationException>(
            AskAsync(SaslSslPort, ("security.protocol", "SASL_SSL"), ("sasl.mechanism", "PLAIN"), Login("alice", "alice-secret"), Truststore("ca.pem"), Own("client")));
        refused.Message.ShouldContain("SCRAM-SHA-512");
    }

    [Fact]
    public async Task A_token_is_taken()
    {
        string token = $"{Base64("""{"alg":"none"}""")}.{Base64($$"""{"sub":"bob","iat":{{Now}},"exp":{{Now + 600}}}""")}.";
        await AskAsync(Options(SaslPort, "127.0.0.1") with
        {
            Security = new SecurityOptions
            {
                Protocol = SecurityProtocol.SaslPlaintext,
                Sasl = new SaslOptions { Mechanism = "OAUTHBEARER", TokenProvider = _ => ValueTask.FromResult(new OAuthBearerToken(token, DateTimeOffset.FromUnixTimeSeconds(Now + 600))) },
            },
        });
    }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static string Base64(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static (string Key, string Value) Login(string user, string password) => ("sasl.jaas.config", $"x.LoginModule required username=\"{user}\" password=\"{password}\";");

    private static (string Key, string Value) Truststore(string file) => ("ssl.truststore.certificates", File.ReadAllText(Path.Combine(Place[0], file)));

    private static (string Key, string Value) Own(string name) => ("ssl.keystore.location", Path.Combine(Place[0], name + ".pem"));

    private static AdminOptions Options(int port, string host, params (string Key, string Value)[] properties)
    {
        Dictionary<string, string> all = properties.ToDictionary(property => property.Key, property => property.Value);
        all["bootstrap.servers"] = $"{host}:{port}";
        if (all.ContainsKey("ssl.truststore.certificates"))
        {
            all["ssl.truststore.type"] = "PEM";
            all.TryAdd("ssl.keystore.type", "PEM");
        }

        return AdminOptions.FromProperties(all);
    }

    private static Task AskAsync(int port, params (string Key, string Value)[] properties) => AskAsync(Options(port, "127.0.0.1", properties));

    private static async Task AskHostAsync(string host, int port, params (string Key, string Value)[] properties)
    {
        AdminOptions options = Options(port, host, properties);
        using BrokerConnection connection = await BrokerConnection.ConnectAsync(options, host, port, -1, Cancellation);
        await connection.CallAsync<ListGroupsResponse>(new ListGroupsRequest(), options.RequestTimeout, Cancellation);
    }

    private static async Task AskAsync(AdminOptions options)
    {
        await using var cluster = new ClusterClient(options);
        ListGroupsResponse response = await cluster.CallAnyAsync<ListGroupsResponse>(new ListGroupsRequest(), Cancellation);
        response.ErrorCode.ShouldBe(ErrorCode.None);
    }
}
