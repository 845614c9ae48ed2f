using System.Diagnostics.CodeAnalysis;

namespace Moldau.Core.Scram;

/// <summary>The client's last message: the proof that it knows the password. Immutable.</summary>
public sealed class ScramClientFinal
{
    private readonly byte[] _proof;

    private ScramClientFinal(string withoutProof, string nonce, byte[] proof) => (WithoutProof, Nonce, _proof) = (withoutProof, nonce, proof);

    /// <summary>The message up to the proof, as it was sent: this is what both sides sign.</summary>
    public string WithoutProof { get; }

    /// <summary>The random text of both sides; a server refuses any but the one it sent.</summary>
    public string Nonce { get; }

    /// <summary>The proof; empty while there is none.</summary>
    public ReadOnlyMemory<byte> Proof => _proof;

    /// <summary>Makes the message of a client, still without its proof, which signs this very text.</summary>
    public static ScramClientFinal Create(ScramClientFirst clientFirst, string nonce)
    {
        var channel = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(clientFirst.Gs2Header));
        return new ScramClientFinal($"c={channel},r={nonce}", nonce, []);
    }

    /// <summary>Reads the message; false when it is not well-formed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ScramClientFinal? message)
    {
        var match = ScramSyntax.ClientFinal.Match(ScramSyntax.TextOf(bytes));
        message = match.Success
            ? new ScramClientFinal(match.Groups["unproven"].Value, match.Groups["nonce"].Value, Convert.FromBase64String(match.Groups["proof"].Value))
            : null;
        return message is not null;
    }

    /// <summary>The same message with its proof.</summary>
    public ScramClientFinal With(byte[] proof) => new(WithoutProof, Nonce, proof);

    /// <summary>The message as it is sent.</summary>
    public override string ToString() => $"{WithoutProof},p={Convert.ToBase64String(_proof)}";
}
