using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which client quotas change.</summary>
public sealed class ClientQuotasDelta(ClientQuotasImage image)
{
    private readonly Dictionary<ClientQuotaEntity, Dictionary<string, double?>> _changes = [];

    /// <summary>New values by entity and key; null takes the quota away.</summary>
    public IReadOnlyDictionary<ClientQuotaEntity, Dictionary<string, double?>> Changes => _changes;

    internal void Replay(ClientQuotaRecord record)
    {
        var parts = new Dictionary<string, string?>(record.Entity.Count, StringComparer.Ordinal);
        foreach (ClientQuotaRecord.EntityData part in record.Entity)
        {
            parts[part.EntityType] = part.EntityName;
        }

        ChangesOf(new ClientQuotaEntity(parts))[record.Key] = record.Remove ? null : record.Value;
    }

    internal void FinishSnapshot()
    {
        foreach ((ClientQuotaEntity entity, ImmutableSortedDictionary<string, double> values) in image.Entities)
        {
            foreach (string key in values.Keys)
            {
                ChangesOf(entity).TryAdd(key, null);
            }
        }
    }

    internal ClientQuotasImage Apply()
    {
        ImmutableDictionary<ClientQuotaEntity, ImmutableSortedDictionary<string, double>> entities = image.Entities;
        foreach ((ClientQuotaEntity entity, Dictionary<string, double?> changes) in _changes)
        {
            ImmutableSortedDictionary<string, double> values = entities.GetValueOrDefault(entity, ClientQuotasImage.NoValues);
            foreach ((string key, double? value) in changes)
            {
                values = value is { } set ? values.SetItem(key, set) : values.Remove(key);
            }

            entities = values.Count == 0 ? entities.Remove(entity) : entities.SetItem(entity, values);
        }

        return new ClientQuotasImage(entities);
    }

    private Dictionary<string, double?> ChangesOf(ClientQuotaEntity entity)
    {
        if (!_changes.TryGetValue(entity, out Dictionary<string, double?>? changes))
        {
            changes = new(StringComparer.Ordinal);
            _changes.Add(entity, changes);
        }

        return changes;
    }
}
