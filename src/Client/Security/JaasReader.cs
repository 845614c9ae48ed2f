using System.Text.RegularExpressions;
using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>Reads <c>sasl.mechanism</c> with what belongs to it. Of <c>sasl.jaas.config</c> the options count, not the Java class that it names.</summary>
internal static partial class JaasReader
{
    public static SaslOptions Read(ClientConfigReader config, ClientSeams seams)
    {
        string mechanism = config.Get<string>("sasl.mechanism");
        Dictionary<string, string> jaas = Options(config.Text("sasl.jaas.config"));
        var options = new SaslOptions
        {
            Mechanism = mechanism,
            Username = jaas.GetValueOrDefault("username", ""),
            Password = jaas.GetValueOrDefault("password", ""),
            IsDelegationToken = string.Equals(jaas.GetValueOrDefault("tokenauth"), "true", StringComparison.OrdinalIgnoreCase),
            KerberosServiceName = config.Text("sasl.kerberos.service.name") ?? jaas.GetValueOrDefault("serviceName", "kafka"),
        };
        if (mechanism == "OAUTHBEARER")
        {
            return options with { TokenProvider = Tokens(config, jaas, seams) };
        }

        if (mechanism == "GSSAPI")
        {
            return KerberosJaas.Read(options, jaas, seams);
        }

        return options.Username.Length == 0 || !jaas.ContainsKey("password")
            ? throw new ConfigurationException($"sasl.jaas.config needs username=\"…\" and password=\"…\" for {mechanism}")
            : options;
    }

    /// <summary>The options of a login module: <c>Class required name="value" … ;</c>.</summary>
    internal static Dictionary<string, string> Options(string? jaas)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match option in Option().Matches(jaas ?? ""))
        {
            string value = option.Groups["quoted"].Success ? Regex.Unescape(option.Groups["quoted"].Value) : option.Groups["bare"].Value;
            options[option.Groups["name"].Value] = value;
        }

        return options;
    }

    private static Func<CancellationToken, ValueTask<OAuthBearerToken>> Tokens(ClientConfigReader config, Dictionary<string, string> jaas, ClientSeams seams)
    {
        string url = config.Text("sasl.oauthbearer.token.endpoint.url")
            ?? throw new ConfigurationException("OAUTHBEARER needs sasl.oauthbearer.token.endpoint.url, or a TokenProvider in code");
        string id = config.Text("sasl.oauthbearer.client.credentials.client.id") ?? jaas.GetValueOrDefault("clientId")
            ?? throw new ConfigurationException("OAUTHBEARER needs sasl.oauthbearer.client.credentials.client.id");
        string secret = config.Text("sasl.oauthbearer.client.credentials.client.secret") ?? jaas.GetValueOrDefault("clientSecret")
            ?? throw new ConfigurationException("OAUTHBEARER needs sasl.oauthbearer.client.credentials.client.secret");
        return Uri.TryCreate(url, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"
            ? new ClientCredentials(endpoint!, id, secret, config.Text("sasl.oauthbearer.scope") ?? jaas.GetValueOrDefault("scope"), seams.Time).GetAsync
            : throw new ConfigurationException($"sasl.oauthbearer.token.endpoint.url is {url}: it must be an http or https address");
    }

    [GeneratedRegex("""(?<name>[A-Za-z_][\w.]*)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s;"]+))""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Option();
}
