using System.Text.Json;
using System.Text;
using Moldau.Core.Scram;
using Moldau.Security;

namespace Moldau.Golden;

/// <summary>First messages of clients, accepted and refused.</summary>
public sealed class ScramParseSuite() : JsonLineSuite("scram-parse")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var accepted = ScramClientFirst.TryParse(Encoding.UTF8.GetBytes(line.Text("clientFirst")), out var message);
        if (line.IsRefused || message is null)
        {
            return Same("accepted", !line.IsRefused, accepted);
        }

        var extensions = line.GetProperty("extensions").EnumerateObject().Select(extension => $"{extension.Name}={extension.Value.GetString()}");
        return Same("escaped name", line.Text("saslName"), message.SaslName)
            ?? Same("nonce", line.Text("nonce"), message.Nonce)
            ?? Same("authorization id", line.Text("authorizationId"), message.AuthorizationId)
            ?? Same("header", line.Text("gs2Header"), message.Gs2Header)
            ?? Same("signed part", line.Text("bare"), message.Bare)
            ?? Same("token", line.GetProperty("tokenAuthenticated").GetBoolean(), message.IsTokenAuthenticated)
            ?? Same("extensions", string.Join(",", extensions), string.Join(",", message.Extensions.Select(pair => $"{pair.Key}={pair.Value}")));
    }
}
