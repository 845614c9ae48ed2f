using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>What a broker keeps of a password (RFC 5802). Immutable; it owns its bytes. It never prints them.</summary>
public sealed class ScramCredential(ReadOnlyMemory<byte> salt, ReadOnlyMemory<byte> storedKey, ReadOnlyMemory<byte> serverKey, int iterations)
    : IEquatable<ScramCredential>
{
    public ReadOnlyMemory<byte> Salt { get; } = salt.ToArray();

    public ReadOnlyMemory<byte> StoredKey { get; } = storedKey.ToArray();

    public ReadOnlyMemory<byte> ServerKey { get; } = serverKey.ToArray();

    public int Iterations { get; } = iterations;

    public MetadataRecord ToRecord(string user, sbyte mechanism) => new(
        new UserScramCredentialRecord
        {
            Name = user,
            Mechanism = mechanism,
            Salt = Salt,
            StoredKey = StoredKey,
            ServerKey = ServerKey,
            Iterations = Iterations,
        },
        0);

    public bool Equals(ScramCredential? other) =>
        other is not null
        && Iterations == other.Iterations
        && Salt.Span.SequenceEqual(other.Salt.Span)
        && StoredKey.Span.SequenceEqual(other.StoredKey.Span)
        && ServerKey.Span.SequenceEqual(other.ServerKey.Span);

    public override bool Equals(object? obj) => Equals(obj as ScramCredential);

    public override int GetHashCode() => HashCode.Combine(Iterations, Salt.Length);

    public override string ToString() => $"ScramCredential(iterations={Iterations}, salt=[hidden], storedKey=[hidden], serverKey=[hidden])";
}
