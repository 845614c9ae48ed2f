using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Moldau.Metadata;
using Moldau.Protocol.MetadataRecords;
using Moldau.Runtime;

namespace Moldau.Controller;

/// <summary>
/// <c>--add-scram</c>: <c>SCRAM-SHA-256=[name=alice,password=secret]</c>, with <c>iterations</c> and <c>salt</c> if wanted, and <c>saltedpassword</c> in
/// place of the password.
/// </summary>
public static class ScramArgument
{
    private const int IterationsMin = 4096;
    private const int IterationsMax = 16384;
    private const int SaltBytes = 26;

    /// <summary>The record that the argument stands for.</summary>
    /// <exception cref="StorageFormatException">The text is something else.</exception>
    public static MetadataRecord ToRecord(string argument, IEntropy entropy)
    {
        string text = argument.Trim();
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw new StorageFormatException($"Failed to find equals sign in SCRAM argument '{text}'");
        }
        (sbyte mechanism, HashAlgorithmName hash) = text[..equals] switch
        {
            "SCRAM-SHA-256" => ((sbyte)1, HashAlgorithmName.SHA256),
            "SCRAM-SHA-512" => ((sbyte)2, HashAlgorithmName.SHA512),
            var other => throw new StorageFormatException($"The add-scram mechanism {other} is not supported."),
        };
        string config = text[(equals + 1)..];
        if (!config.StartsWith('['))
        {
            throw new StorageFormatException("Expected configuration string to start with [");
        }
        if (!config.EndsWith(']'))
        {
            throw new StorageFormatException("Expected configuration string to end with ]");
        }
        SortedDictionary<string, string> parts = Parts(config[1..^1]);
        string name = Take(parts, "name") ?? throw new StorageFormatException("You must supply 'name' to add-scram");
        byte[]? salt = Take(parts, "salt") is { } given ? FromBase64(given, "salt") : null;
        int iterations = Iterations(Take(parts, "iterations"), text[..equals]);
        byte[] salted = SaltedPassword(parts, hash, ref salt, iterations, entropy);
        if (parts.Count > 0)
        {
            throw new StorageFormatException($"Unknown SCRAM configurations: {string.Join(", ", parts.Keys)}");
        }
        byte[] clientKey = Hmac(hash, salted, "Client Key");
        return new MetadataRecord(
            new UserScramCredentialRecord
            {
                Name = name,
                Mechanism = mechanism,
                Salt = salt,
                StoredKey = CryptographicOperations.HashData(hash, clientKey),
                ServerKey = Hmac(hash, salted, "Server Key"),
                Iterations = iterations,
            },
            0);
    }

    private static byte[] SaltedPassword(SortedDictionary<string, string> parts, HashAlgorithmName hash, ref byte[]? salt, int iterations, IEntropy entropy)
    {
        string? password = Take(parts, "password");
        string? saltedPassword = Take(parts, "saltedpassword");
        if (password is null)
        {
            if (saltedPassword is null)
            {
                throw new StorageFormatException("You must supply one of 'password' or 'saltedpassword' to add-scram");
            }
            return salt is null
                ? throw new StorageFormatException("You must supply 'salt' with 'saltedpassword' to add-scram")
                : FromBase64(saltedPassword, "saltedPassword");
        }
        if (salt is null)
        {
            salt = new byte[SaltBytes];
            entropy.Fill(salt);
        }
        int length = hash == HashAlgorithmName.SHA256 ? 32 : 64;
        return Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, hash, length);
    }

    private static int Iterations(string? text, string mechanism)
    {
        if (text is null)
        {
            return IterationsMin;
        }
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int iterations))
        {
            throw new StorageFormatException($"Failed to parse iterations count: {text}");
        }
        return iterations switch
        {
            < IterationsMin => throw new StorageFormatException($"The 'iterations' value must be >= {IterationsMin} for add-scram using {mechanism}"),
            > IterationsMax => throw new StorageFormatException($"The 'iterations' value must be <= {IterationsMax} for add-scram using {mechanism}"),
            _ => iterations,
        };
    }

    private static SortedDictionary<string, string> Parts(string config)
    {
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in config.Split(','))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new StorageFormatException($"No equals sign found in SCRAM component: {part}");
            }
            string value = part[(equals + 1)..];
            parts[part[..equals]] = value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
        }
        return parts;
    }

    private static string? Take(SortedDictionary<string, string> parts, string name) => parts.Remove(name, out string? value) ? value : null;

    private static byte[] FromBase64(string text, string what)
    {
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int written)
            ? bytes[..written]
            : throw new StorageFormatException($"Failed to decode given {what}: {text}");
    }

    private static byte[] Hmac(HashAlgorithmName hash, byte[] key, string text) => CryptographicOperations.HmacData(hash, key, Encoding.ASCII.GetBytes(text));
}
