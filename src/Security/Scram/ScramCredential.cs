using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Moldau.Core.Scram;
using Moldau.Core;

namespace Moldau.Security;

/// <summary>
/// What a node keeps of a user's password (KIP-84, KIP-900). Immutable; any thread. Its text is that of <c>storage format --add-scram</c> and of
/// earlier releases' stores.
/// </summary>
public sealed class ScramCredential(byte[] salt, byte[] storedKey, byte[] serverKey, int iterations)
{
    private const string SaltName = "salt";
    private const string StoredKeyName = "stored_key";
    private const string ServerKeyName = "server_key";
    private const string IterationsName = "iterations";

    /// <summary>The salt of the password.</summary>
    public ReadOnlyMemory<byte> Salt => salt;

    /// <summary>The hash of the client key.</summary>
    public ReadOnlyMemory<byte> StoredKey => storedKey;

    /// <summary>The server key.</summary>
    public ReadOnlyMemory<byte> ServerKey => serverKey;

    /// <summary>How often the password was hashed.</summary>
    public int Iterations => iterations;

    /// <summary>Makes the credential of a password.</summary>
    public static ScramCredential FromPassword(ScramMechanism mechanism, string password, ReadOnlySpan<byte> salt, int iterations) =>
        FromSaltedPassword(mechanism, ScramKeys.SaltedPassword(mechanism, password, salt, iterations), salt, iterations);

    /// <summary>Makes the credential of a password that was salted before, as clients send it (KIP-554).</summary>
    public static ScramCredential FromSaltedPassword(ScramMechanism mechanism, ReadOnlySpan<byte> saltedPassword, ReadOnlySpan<byte> salt, int iterations)
    {
        Invariant.That(iterations > 0);
        var storedKey = ScramKeys.StoredKey(mechanism, ScramKeys.ClientKey(mechanism, saltedPassword));
        return new ScramCredential(salt.ToArray(), storedKey, ScramKeys.ServerKey(mechanism, saltedPassword), iterations);
    }

    /// <summary>Reads the text form, its four parts in any order; false when one is missing, double, unknown or not readable.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScramCredential? credential)
    {
        credential = null;
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            var separator = part.IndexOf('=', StringComparison.Ordinal);
            if (separator <= 0 || !parts.TryAdd(part[..separator], part[(separator + 1)..]))
            {
                return false;
            }
        }

        if (parts.Count != 4
            || !TryDecode(parts, SaltName, out var salt)
            || !TryDecode(parts, StoredKeyName, out var storedKey)
            || !TryDecode(parts, ServerKeyName, out var serverKey)
            || !parts.TryGetValue(IterationsName, out var digits)
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations))
        {
            return false;
        }

        credential = new ScramCredential(salt, storedKey, serverKey, iterations);
        return true;
    }

    /// <summary>The text form. It holds secrets: never log it.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture,
        $"{SaltName}={Convert.ToBase64String(salt)},{StoredKeyName}={Convert.ToBase64String(storedKey)},{ServerKeyName}={Convert.ToBase64String(serverKey)},{IterationsName}={iterations}");

    private static bool TryDecode(Dictionary<string, string> parts, string name, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (!parts.TryGetValue(name, out var text))
        {
            return false;
        }

        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, buffer, out var length))
        {
            return false;
        }

        bytes = buffer[..length];
        return true;
    }
}
