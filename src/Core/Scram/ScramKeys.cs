using System.Security.Cryptography;
using System.Text;

namespace Moldau.Core.Scram;

/// <summary>
/// The functions of RFC 5802, section 3. Passwords are taken as UTF-8 without SASLprep, as Apache Kafka and its clients do. Stateless; any thread.
/// </summary>
public static class ScramKeys
{
    /// <summary>Derives the salted password; its cost grows with <paramref name="iterations"/>, which is at least 1.</summary>
    public static byte[] SaltedPassword(ScramMechanism mechanism, string password, ReadOnlySpan<byte> salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, mechanism.Hash, mechanism.HashSizeBytes);

    /// <summary>The key with which a client proves that it knows the password.</summary>
    public static byte[] ClientKey(ScramMechanism mechanism, ReadOnlySpan<byte> saltedPassword) => Hmac(mechanism, saltedPassword, "Client Key"u8);

    /// <summary>The hash of the client key, which the server keeps.</summary>
    public static byte[] StoredKey(ScramMechanism mechanism, ReadOnlySpan<byte> clientKey) => CryptographicOperations.HashData(mechanism.Hash, clientKey);

    /// <summary>The key with which the server proves that it knows the credential.</summary>
    public static byte[] ServerKey(ScramMechanism mechanism, ReadOnlySpan<byte> saltedPassword) => Hmac(mechanism, saltedPassword, "Server Key"u8);

    /// <summary>What both sides sign: the exchange up to the proof.</summary>
    public static byte[] AuthMessage(ScramClientFirst clientFirst, ScramServerFirst serverFirst, ScramClientFinal clientFinal) =>
        Encoding.UTF8.GetBytes($"{clientFirst.Bare},{serverFirst},{clientFinal.WithoutProof}");

    /// <summary>The proof that a client sends.</summary>
    public static byte[] ClientProof(ScramMechanism mechanism, ReadOnlySpan<byte> clientKey, ReadOnlySpan<byte> authMessage) =>
        Xor(clientKey, Hmac(mechanism, StoredKey(mechanism, clientKey), authMessage));

    /// <summary>The signature with which the server answers a right proof.</summary>
    public static byte[] ServerSignature(ScramMechanism mechanism, ReadOnlySpan<byte> serverKey, ReadOnlySpan<byte> authMessage) =>
        Hmac(mechanism, serverKey, authMessage);

    /// <summary>Whether the proof belongs to the stored key; takes the same time wherever they differ.</summary>
    public static bool VerifyProof(ScramMechanism mechanism, ReadOnlySpan<byte> storedKey, ReadOnlySpan<byte> authMessage, ReadOnlySpan<byte> proof)
    {
        var signature = Hmac(mechanism, storedKey, authMessage);
        if (proof.Length != signature.Length)
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(StoredKey(mechanism, Xor(proof, signature)), storedKey);
    }

    private static byte[] Hmac(ScramMechanism mechanism, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data) =>
        CryptographicOperations.HmacData(mechanism.Hash, key, data);

    private static byte[] Xor(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var result = left.ToArray();
        for (var index = 0; index < result.Length; index++)
        {
            result[index] ^= right[index];
        }

        return result;
    }
}
