using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>All client quotas: entity to key to value. Immutable.</summary>
public sealed class ClientQuotasImage : IEquatable<ClientQuotasImage>
{
    public static readonly ClientQuotasImage Empty = new(ImmutableDictionary<ClientQuotaEntity, ImmutableSortedDictionary<string, double>>.Empty);

    internal static readonly ImmutableSortedDictionary<string, double> NoValues = ImmutableSortedDictionary.Create<string, double>(StringComparer.Ordinal);

    internal ClientQuotasImage(ImmutableDictionary<ClientQuotaEntity, ImmutableSortedDictionary<string, double>> entities) => Entities = entities;

    /// <summary>Only entities that have a quota are here.</summary>
    public ImmutableDictionary<ClientQuotaEntity, ImmutableSortedDictionary<string, double>> Entities { get; }

    public ImmutableSortedDictionary<string, double> Of(ClientQuotaEntity entity) => Entities.GetValueOrDefault(entity, NoValues);

    public void WriteTo(IMetadataRecordWriter writer)
    {
        foreach ((ClientQuotaEntity entity, ImmutableSortedDictionary<string, double> values) in Entities)
        {
            foreach ((string key, double value) in values)
            {
                writer.Write(new(new ClientQuotaRecord { Entity = entity.ToRecordData(), Key = key, Value = value, Remove = false }, 0));
            }
        }
    }

    public bool Equals(ClientQuotasImage? other)
    {
        if (other is null || Entities.Count != other.Entities.Count)
        {
            return false;
        }

        foreach ((ClientQuotaEntity entity, ImmutableSortedDictionary<string, double> values) in Entities)
        {
            if (!Structural.Equal(values, other.Of(entity)))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ClientQuotasImage);

    public override int GetHashCode() => Entities.Count;
}
