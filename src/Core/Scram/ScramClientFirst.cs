using System.Diagnostics.CodeAnalysis;

namespace Moldau.Core.Scram;

/// <summary>The client's first message: who wants to authenticate. Immutable.</summary>
public sealed class ScramClientFirst
{
    private const string TokenExtension = "tokenauth";

    private ScramClientFirst(string saslName, string nonce, string authorizationId, string bare, IReadOnlyDictionary<string, string> extensions) =>
        (SaslName, Nonce, AuthorizationId, Bare, Extensions) = (saslName, nonce, authorizationId, bare, extensions);

    /// <summary>The user name, or the id of a delegation token, with comma and equals sign escaped.</summary>
    public string SaslName { get; }

    /// <summary>The user name as it is.</summary>
    public string UserName => ScramSyntax.Unescape(SaslName);

    /// <summary>The client's random text.</summary>
    public string Nonce { get; }

    /// <summary>Who the client wants to act as, escaped as it was sent; empty when it did not say. Only its own name is accepted.</summary>
    public string AuthorizationId { get; }

    /// <summary>The message without what stands before the user name, as it was sent: this is what both sides sign.</summary>
    public string Bare { get; }

    /// <summary>Extensions by name; unknown ones have no effect.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; }

    /// <summary>What stands before the user name, as Apache Kafka gives it back.</summary>
    public string Gs2Header => $"n,{AuthorizationId},";

    /// <summary>Whether the client authenticates with a delegation token (KIP-48).</summary>
    public bool IsTokenAuthenticated =>
        Extensions.TryGetValue(TokenExtension, out var value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes the message of a client.</summary>
    public static ScramClientFirst Create(string userName, string nonce, bool withToken)
    {
        var saslName = ScramSyntax.Escape(userName);
        var extensions = new Dictionary<string, string>(StringComparer.Ordinal);
        if (withToken)
        {
            extensions[TokenExtension] = "true";
        }

        return new ScramClientFirst(saslName, nonce, "", $"n={saslName},r={nonce}{(withToken ? $",{TokenExtension}=true" : "")}", extensions);
    }

    /// <summary>Reads the message; false when it is not well-formed or asks for channel binding.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ScramClientFirst? message)
    {
        message = null;
        var match = ScramSyntax.ClientFirst.Match(ScramSyntax.TextOf(bytes));
        if (!match.Success)
        {
            return false;
        }

        var extensions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var extension in match.Groups["extensions"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var separator = extension.IndexOf('=', StringComparison.Ordinal);
            extensions[extension[..separator]] = extension[(separator + 1)..];
        }

        message = new ScramClientFirst(match.Groups["saslname"].Value, match.Groups["nonce"].Value, match.Groups["authzid"].Value,
            match.Groups["bare"].Value, extensions);
        return true;
    }

    /// <summary>The message as it is sent.</summary>
    public override string ToString() => Gs2Header + Bare;
}
