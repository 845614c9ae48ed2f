namespace Moldau.Client;

/// <summary>A token of OAUTHBEARER (KIP-255). Immutable.</summary>
/// <param name="Value">The token as it goes to the broker. Never logged.</param>
/// <param name="ExpiresAt">When it ends.</param>
public sealed record OAuthBearerToken(string Value, DateTimeOffset ExpiresAt)
{
    /// <summary>SASL extensions (KIP-342): names of letters, values of printable ASCII.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = new Dictionary<string, string>();

    /// <summary>How long it is good; not the token itself.</summary>
    public override string ToString() => $"token until {ExpiresAt:O}";
}
