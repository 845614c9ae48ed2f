using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>How connections are encrypted and who this client is. Immutable.</summary>
public sealed record SecurityOptions
{
    /// <summary><c>security.protocol</c>.</summary>
    public SecurityProtocol Protocol { get; init; } = SecurityProtocol.Plaintext;

    /// <summary>Of <see cref="SecurityProtocol.Ssl"/> and <see cref="SecurityProtocol.SaslSsl"/>.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Needed by <see cref="SecurityProtocol.SaslPlaintext"/> and <see cref="SecurityProtocol.SaslSsl"/>.</summary>
    public SaslOptions? Sasl { get; init; }

    internal bool IsEncrypted => Protocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;

    internal bool IsAuthenticated => Protocol is SecurityProtocol.SaslPlaintext or SecurityProtocol.SaslSsl;
}
