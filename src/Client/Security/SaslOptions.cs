namespace Moldau.Client;

/// <summary>Who this client is. Immutable.</summary>
public sealed record SaslOptions
{
    /// <summary>PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or GSSAPI (<c>sasl.mechanism</c>).</summary>
    public required string Mechanism { get; init; }

    /// <summary>Of PLAIN and SCRAM; of GSSAPI the principal that <see cref="Password"/> belongs to.</summary>
    public string Username { get; init; } = "";

    /// <summary>Of PLAIN and SCRAM; with GSSAPI a ticket is got by it, instead of from the platform's cache or keytab. Never logged.</summary>
    public string Password { get; init; } = "";

    /// <summary>Whether a SCRAM user is a delegation token: its id and HMAC stand for name and password (KIP-48).</summary>
    public bool IsDelegationToken { get; init; }

    /// <summary>Gives the token of OAUTHBEARER; called for each connection and before a token ends.</summary>
    public Func<CancellationToken, ValueTask<OAuthBearerToken>>? TokenProvider { get; init; }

    /// <summary>The brokers' service of GSSAPI (<c>sasl.kerberos.service.name</c>).</summary>
    public string KerberosServiceName { get; init; } = "kafka";

    /// <summary>The mechanism and the name; not the password.</summary>
    public override string ToString() => Mechanism is "OAUTHBEARER" || Username.Length == 0 ? Mechanism : $"{Mechanism} as {Username}";
}
