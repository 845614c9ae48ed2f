namespace Moldau.Metadata;

/// <summary>SCRAM mechanisms with Kafka's numbers (KIP-554).</summary>
public enum ScramMechanism : sbyte
{
    Unknown = 0,
    ScramSha256 = 1,
    ScramSha512 = 2,
}
