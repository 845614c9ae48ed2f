using System.Text;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>OAUTHBEARER (RFC 7628, KIP-255, KIP-342).</summary>
internal sealed class OAuthBearerMechanism(SaslOptions options) : ISaslMechanism
{
    private const char Separator = '\u0001';

    public async ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken)
    {
        if (options.TokenProvider is null)
        {
            throw new AuthenticationException(ErrorCode.SaslAuthenticationFailed, "OAUTHBEARER needs a TokenProvider");
        }

        OAuthBearerToken token = await options.TokenProvider(cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder($"n,,{Separator}auth=Bearer {token.Value}");
        foreach ((string name, string value) in token.Extensions)
        {
            text.Append(Separator).Append(name).Append('=').Append(value);
        }

        return Encoding.UTF8.GetBytes(text.Append(Separator).Append(Separator).ToString());
    }

    /// <summary>A challenge holds why the broker refuses; it is answered so that the broker says so in its own words.</summary>
    public byte[]? Answer(ReadOnlyMemory<byte> challenge) => challenge.IsEmpty ? null : [(byte)Separator];
}
