using System.Security.Authentication;
using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>Reads <c>security.protocol</c>, <c>ssl.*</c> and <c>sasl.*</c>.</summary>
internal static class SecurityReader
{
    public static SecurityOptions Read(ClientConfigReader config, ClientSeams seams)
    {
        SecurityProtocol protocol = config.Get<string>("security.protocol").ToUpperInvariant() switch
        {
            "PLAINTEXT" => SecurityProtocol.Plaintext,
            "SSL" => SecurityProtocol.Ssl,
            "SASL_PLAINTEXT" => SecurityProtocol.SaslPlaintext,
            _ => SecurityProtocol.SaslSsl,
        };
        var options = new SecurityOptions { Protocol = protocol };
        return options with
        {
            Tls = options.IsEncrypted ? Tls(config) : options.Tls,
            Sasl = options.IsAuthenticated ? JaasReader.Read(config, seams) : null,
        };
    }

    private static TlsOptions Tls(ClientConfigReader config)
    {
        (var certificate, var chain) = KeyMaterial.Own(config);
        return new TlsOptions
        {
            TrustedCertificates = KeyMaterial.Trusted(config),
            ClientCertificate = certificate,
            ClientCertificateChain = chain,
            VerifiesHostname = config.Text("ssl.endpoint.identification.algorithm") is not null,
            EnabledProtocols = config.Get<string[]>("ssl.enabled.protocols").Aggregate(SslProtocols.None, (all, name) => all | Version(name)),
        };
    }

    private static SslProtocols Version(string name) => name switch
    {
        "TLSv1.2" => SslProtocols.Tls12,
        "TLSv1.3" => SslProtocols.Tls13,
        _ => throw new ConfigurationException($"ssl.enabled.protocols has {name}: TLSv1.2 and TLSv1.3 can be spoken"),
    };
}
