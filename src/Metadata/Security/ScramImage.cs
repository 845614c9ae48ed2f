using System.Collections.Immutable;

namespace Moldau.Metadata;

/// <summary>All SCRAM credentials. Immutable.</summary>
public sealed class ScramImage : IEquatable<ScramImage>
{
    public static readonly ScramImage Empty = new(ImmutableDictionary<ScramUser, ScramCredential>.Empty);

    internal ScramImage(ImmutableDictionary<ScramUser, ScramCredential> credentials) => Credentials = credentials;

    public ImmutableDictionary<ScramUser, ScramCredential> Credentials { get; }

    public ScramCredential? Find(string user, ScramMechanism mechanism) => Credentials.GetValueOrDefault(new(user, (sbyte)mechanism));

    public void WriteTo(IMetadataRecordWriter writer, MetadataVersion version)
    {
        if (!version.IsScramSupported)
        {
            return;
        }

        foreach ((ScramUser user, ScramCredential credential) in Credentials)
        {
            writer.Write(credential.ToRecord(user.Name, user.Mechanism));
        }
    }

    public bool Equals(ScramImage? other) => other is not null && Structural.Equal(Credentials, other.Credentials);

    public override bool Equals(object? obj) => Equals(obj as ScramImage);

    public override int GetHashCode() => Credentials.Count;
}
