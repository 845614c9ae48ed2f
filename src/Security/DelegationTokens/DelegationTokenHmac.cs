using System.Security.Cryptography;
using System.Text;

namespace Moldau.Security;

/// <summary>
/// The secret of a delegation token: HMAC-SHA-512 of its id, keyed with the cluster's <c>delegation.token.secret.key</c> (KIP-48). Its base64 text is
/// the password with which a client authenticates. Stateless; any thread.
/// </summary>
public static class DelegationTokenHmac
{
    /// <summary>The secret of the token <paramref name="tokenId"/>.</summary>
    public static byte[] Compute(string tokenId, string secretKey) =>
        HMACSHA512.HashData(Encoding.UTF8.GetBytes(secretKey), Encoding.UTF8.GetBytes(tokenId));

    /// <summary>Whether <paramref name="hmac"/> is the secret of the token; takes the same time wherever they differ.</summary>
    public static bool Verify(string tokenId, string secretKey, ReadOnlySpan<byte> hmac) =>
        CryptographicOperations.FixedTimeEquals(Compute(tokenId, secretKey), hmac);
}
