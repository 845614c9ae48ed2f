using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Moldau.Core.Scram;

/// <summary>A SCRAM mechanism of SASL (RFC 5802, RFC 7677; KIP-84): its name, its hash and how many iterations a credential may have.</summary>
public sealed class ScramMechanism
{
    private ScramMechanism(string name, HashAlgorithmName hash, int hashSizeBytes) => (Name, Hash, HashSizeBytes) = (name, hash, hashSizeBytes);

    /// <summary>SCRAM-SHA-256.</summary>
    public static ScramMechanism Sha256 { get; } = new("SCRAM-SHA-256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    /// <summary>SCRAM-SHA-512.</summary>
    public static ScramMechanism Sha512 { get; } = new("SCRAM-SHA-512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);

    /// <summary>The name by which SASL knows it.</summary>
    public string Name { get; }

    /// <summary>The hash under all of its functions.</summary>
    public HashAlgorithmName Hash { get; }

    /// <summary>The size of that hash, and so of each key.</summary>
    public int HashSizeBytes { get; }

    /// <summary>A credential with fewer iterations is refused, at its making and at each authentication.</summary>
    public int IterationsMin { get; } = 4096;

    /// <summary>A credential with more iterations is not made: deriving its key would hold up whoever does it.</summary>
    public int IterationsMax { get; } = 16384;

    /// <summary>Finds a mechanism by the name that SASL uses; case matters.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out ScramMechanism? mechanism)
    {
        mechanism = name == Sha256.Name ? Sha256 : name == Sha512.Name ? Sha512 : null;
        return mechanism is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
