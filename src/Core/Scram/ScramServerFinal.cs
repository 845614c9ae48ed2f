using System.Diagnostics.CodeAnalysis;

namespace Moldau.Core.Scram;

/// <summary>The server's last message: its signature, or why it refuses. Immutable.</summary>
public sealed class ScramServerFinal
{
    private readonly byte[] _signature;

    private ScramServerFinal(string? error, byte[] signature) => (Error, _signature) = (error, signature);

    /// <summary>Why the server refuses; null when it does not.</summary>
    public string? Error { get; }

    /// <summary>The server's signature; empty when it refuses.</summary>
    public ReadOnlyMemory<byte> Signature => _signature;

    /// <summary>The answer to a right proof.</summary>
    public static ScramServerFinal Signed(byte[] signature) => new(null, signature);

    /// <summary>The answer that refuses.</summary>
    public static ScramServerFinal Refused(string error) => new(error, []);

    /// <summary>Reads the message; false when it is not well-formed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ScramServerFinal? message)
    {
        var match = ScramSyntax.ServerFinal.Match(ScramSyntax.TextOf(bytes));
        message = !match.Success ? null
            : match.Groups["error"].Success ? Refused(match.Groups["error"].Value)
            : Signed(Convert.FromBase64String(match.Groups["signature"].Value));
        return message is not null;
    }

    /// <summary>The message as it is sent.</summary>
    public override string ToString() => Error is null ? $"v={Convert.ToBase64String(_signature)}" : $"e={Error}";
}
