using System.Collections.Immutable;
using Moldau.Core;

namespace Moldau.Metadata;

/// <summary>All ACLs by id. Immutable.</summary>
public sealed class AclsImage : IEquatable<AclsImage>
{
    public static readonly AclsImage Empty = new(ImmutableDictionary<Uuid, AccessControlEntry>.Empty);

    internal AclsImage(ImmutableDictionary<Uuid, AccessControlEntry> entries) => Entries = entries;

    public ImmutableDictionary<Uuid, AccessControlEntry> Entries { get; }

    public void WriteTo(IMetadataRecordWriter writer)
    {
        foreach ((Uuid id, AccessControlEntry entry) in Entries)
        {
            writer.Write(entry.ToRecord(id));
        }
    }

    public bool Equals(AclsImage? other) => other is not null && Structural.Equal(Entries, other.Entries);

    public override bool Equals(object? obj) => Equals(obj as AclsImage);

    public override int GetHashCode() => Entries.Count;
}
