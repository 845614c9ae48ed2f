namespace Moldau.Security;

/// <summary>What a listener speaks below Kafka's protocol, with Kafka's names.</summary>
public enum SecurityProtocol
{
    /// <summary>PLAINTEXT: neither encryption nor authentication.</summary>
    Plaintext,

    /// <summary>SSL: TLS, and authentication by client certificate when asked for.</summary>
    Ssl,

    /// <summary>SASL_PLAINTEXT: authentication without encryption.</summary>
    SaslPlaintext,

    /// <summary>SASL_SSL: authentication within TLS.</summary>
    SaslSsl,
}
