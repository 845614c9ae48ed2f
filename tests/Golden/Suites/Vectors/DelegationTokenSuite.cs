using System.Text.Json;
using Moldau.Security;

namespace Moldau.Golden;

/// <summary>Secrets of delegation tokens.</summary>
public sealed class DelegationTokenSuite() : JsonLineSuite("delegation-token")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var (tokenId, secretKey) = (line.Text("tokenId"), line.Text("secretKey"));
        var hmac = DelegationTokenHmac.Compute(tokenId, secretKey);
        return Same("HMAC", line.Text("hmac"), Convert.ToHexStringLower(hmac))
            ?? Same("HMAC in base64", line.Text("hmacBase64"), Convert.ToBase64String(hmac))
            ?? Same("verified", true, DelegationTokenHmac.Verify(tokenId, secretKey, line.Hex("hmac")));
    }
}
