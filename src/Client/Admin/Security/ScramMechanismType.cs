namespace Moldau.Client;

/// <summary>A mechanism that users authenticate by (KIP-554). The numbers are the protocol's.</summary>
public enum ScramMechanismType : sbyte
{
    Unknown = 0,

    /// <summary>SCRAM-SHA-256.</summary>
    ScramSha256 = 1,

    /// <summary>SCRAM-SHA-512.</summary>
    ScramSha512 = 2,
}
