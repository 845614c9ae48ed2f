using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Moldau.Client;

/// <summary>TLS of a client. Immutable.</summary>
public sealed record TlsOptions
{
    /// <summary>The authorities that a broker's certificate must come from; those of the system when null (<c>ssl.truststore.*</c>).</summary>
    public X509Certificate2Collection? TrustedCertificates { get; init; }

    /// <summary>This client's certificate with its private key, for brokers that ask for one (<c>ssl.keystore.*</c>).</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Authorities between the client's certificate and its root, which are sent along.</summary>
    public X509Certificate2Collection? ClientCertificateChain { get; init; }

    /// <summary>Whether the broker's certificate must bear the name that was connected to (<c>ssl.endpoint.identification.algorithm</c>: https, or empty for no).</summary>
    public bool VerifiesHostname { get; init; } = true;

    /// <summary>The versions of TLS that may be spoken (<c>ssl.enabled.protocols</c>).</summary>
    public SslProtocols EnabledProtocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;
}
