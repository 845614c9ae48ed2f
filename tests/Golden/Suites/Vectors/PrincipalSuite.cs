using System.Text.Json;
using Moldau.Security;

namespace Moldau.Golden;

/// <summary>Principals as envelopes carry them.</summary>
public sealed class PrincipalSuite() : JsonLineSuite("principal")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var principal = new KafkaPrincipal(line.Text("type"), line.Text("name"), line.GetProperty("tokenAuthenticated").GetBoolean());
        return Same("bytes", line.Text("hex"), Convert.ToHexStringLower(PrincipalBytes.Write(principal)))
            ?? Same("read", principal, PrincipalBytes.Read(line.Hex("hex")));
    }
}
