using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>
/// Whom a quota is for: a user, a client id, both, or an address (KIP-546, KIP-612). A part that is present with a null name stands for the default.
/// </summary>
public sealed class ClientQuotaEntity : IEquatable<ClientQuotaEntity>
{
    public const string User = "user";
    public const string ClientId = "client-id";
    public const string Ip = "ip";

    public ClientQuotaEntity(IEnumerable<KeyValuePair<string, string?>> parts) => Parts = parts.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Entity type to entity name.</summary>
    public ImmutableSortedDictionary<string, string?> Parts { get; }

    public bool Equals(ClientQuotaEntity? other) => other is not null && Structural.Equal(Parts, other.Parts);

    public override bool Equals(object? obj) => Equals(obj as ClientQuotaEntity);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach ((string type, string? name) in Parts)
        {
            hash.Add(type);
            hash.Add(name);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(", ", Parts.Select(part => $"{part.Key}={part.Value ?? "<default>"}"));

    public List<ClientQuotaRecord.EntityData> ToRecordData()
    {
        var data = new List<ClientQuotaRecord.EntityData>(Parts.Count);
        foreach ((string type, string? name) in Parts)
        {
            data.Add(new() { EntityType = type, EntityName = name });
        }

        return data;
    }
}
