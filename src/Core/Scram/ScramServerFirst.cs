using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Moldau.Core.Scram;

/// <summary>The server's first message: how the user's password was salted. Immutable.</summary>
public sealed class ScramServerFirst(string nonce, byte[] salt, int iterations)
{
    /// <summary>The client's random text followed by the server's.</summary>
    public string Nonce => nonce;

    /// <summary>The salt of the password.</summary>
    public ReadOnlyMemory<byte> Salt => salt;

    /// <summary>How often the password was hashed.</summary>
    public int Iterations => iterations;

    /// <summary>Reads the message; false when it is not well-formed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ScramServerFirst? message)
    {
        message = null;
        var match = ScramSyntax.ServerFirst.Match(ScramSyntax.TextOf(bytes));
        if (!match.Success
            || !int.TryParse(match.Groups["iterations"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations == 0)
        {
            return false;
        }

        message = new ScramServerFirst(match.Groups["nonce"].Value, Convert.FromBase64String(match.Groups["salt"].Value), iterations);
        return true;
    }

    /// <summary>The message as it is sent.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"r={nonce},s={Convert.ToBase64String(salt)},i={iterations}");
}
