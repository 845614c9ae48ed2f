using System.Text.Json;
using System.Text;
using Moldau.Core.Scram;
using Moldau.Security;

namespace Moldau.Golden;

/// <summary>Whole SCRAM exchanges: keys, credential and all four messages, from the client's side and from the server's.</summary>
public sealed class ScramSuite() : JsonLineSuite("scram")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        if (!ScramMechanism.TryFind(line.Text("mechanism"), out var mechanism))
        {
            return $"no mechanism {line.Text("mechanism")}";
        }

        return Same("fewest iterations", line.Int("minIterations"), mechanism.IterationsMin)
            ?? Same("most iterations", line.Int("maxIterations"), mechanism.IterationsMax)
            ?? CompareCredential(line, mechanism)
            ?? CompareMessages(line, mechanism);
    }

    private static string? CompareCredential(JsonElement line, ScramMechanism mechanism)
    {
        var (password, salt, iterations) = (line.Text("password"), line.Hex("salt"), line.Int("iterations"));
        var salted = ScramKeys.SaltedPassword(mechanism, password, salt, iterations);
        var clientKey = ScramKeys.ClientKey(mechanism, salted);
        var credential = ScramCredential.FromPassword(mechanism, password, salt, iterations);
        return Same("password's bytes", line.Text("passwordBytes"), Hex(Encoding.UTF8.GetBytes(password)))
            ?? Same("salted password", line.Text("saltedPassword"), Hex(salted))
            ?? Same("client key", line.Text("clientKey"), Hex(clientKey))
            ?? Same("stored key", line.Text("storedKey"), Hex(credential.StoredKey.Span))
            ?? Same("server key", line.Text("serverKey"), Hex(credential.ServerKey.Span))
            ?? Same("credential", line.Text("credential"), credential.ToText())
            ?? Same("credential readable", true, ScramCredential.TryParse(line.Text("credential"), out var read))
            ?? Same("credential read", line.Text("credential"), read!.ToText());
    }

    private static string? CompareMessages(JsonElement line, ScramMechanism mechanism)
    {
        var text = line.Text("clientFirst");
        var fields = text.Split(',');
        var first = ScramClientFirst.Create(line.Text("user"), fields[3]["r=".Length..], fields.Contains("tokenauth=true"));
        if (!ScramServerFirst.TryParse(Utf8(line.Text("serverFirst")), out var serverFirst)
            || !ScramClientFinal.TryParse(Utf8(line.Text("clientFinal")), out var clientFinal)
            || !ScramServerFinal.TryParse(Utf8(line.Text("serverFinal")), out var serverFinal)
            || !ScramServerFinal.TryParse(Utf8(line.Text("serverError")), out var serverError))
        {
            return "a message is refused that Apache Kafka makes";
        }

        var final = ScramClientFinal.Create(first, serverFirst.Nonce);
        var signed = ScramKeys.AuthMessage(first, serverFirst, final);
        var proof = ScramKeys.ClientProof(mechanism, line.Hex("clientKey"), signed);
        var wrongProof = proof.ToArray();
        wrongProof[^1] ^= 1;
        var signature = ScramKeys.ServerSignature(mechanism, line.Hex("serverKey"), signed);
        return Same("escaped name", line.Text("saslName"), first.SaslName)
            ?? Same("user name", line.Text("user"), first.UserName)
            ?? Same("first message of the client", text, first.ToString())
            ?? Same("first message of the server", line.Text("serverFirst"),
                new ScramServerFirst(serverFirst.Nonce, line.Hex("salt"), line.Int("iterations")).ToString())
            ?? Same("last message of the client", line.Text("clientFinal"), final.With(proof).ToString())
            ?? Same("signed part read", final.WithoutProof, clientFinal.WithoutProof)
            ?? Same("proof verified", true, ScramKeys.VerifyProof(mechanism, line.Hex("storedKey"), signed, clientFinal.Proof.Span))
            ?? Same("wrong proof verified", false, ScramKeys.VerifyProof(mechanism, line.Hex("storedKey"), signed, wrongProof))
            ?? Same("last message of the server", line.Text("serverFinal"), ScramServerFinal.Signed(signature).ToString())
            ?? Same("signature read", Hex(signature), Hex(serverFinal.Signature.Span))
            ?? Same("error read", line.Text("serverError"), ScramServerFinal.Refused(serverError.Error!).ToString());
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
