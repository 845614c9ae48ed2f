namespace Moldau.Client;

/// <summary>A mechanism that users authenticate by (KIP-554). The numbers are the protocol's.</summary>
public enum ScramMechanismType : sbyte
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown = 0,

    /// <summary>SCRAM-SHA-256.</summary>
    ScramSha256 = 1,

    /// <summary>SCRAM-SHA-512.</summary>
    ScramSha512 = 2,
}
