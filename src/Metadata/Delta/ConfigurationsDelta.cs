using System.Collections.Immutable;
using Moldau.Configuration;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which dynamic configurations change.</summary>
public sealed class ConfigurationsDelta(ConfigurationsImage image)
{
    private readonly Dictionary<ConfigResource, Dictionary<string, string?>> _changes = [];

    /// <summary>New values by resource and key; null takes the key away.</summary>
    public IReadOnlyDictionary<ConfigResource, Dictionary<string, string?>> Changes => _changes;

    internal void Replay(ConfigRecord record) =>
        ChangesOf(new((ConfigResourceType)record.ResourceType, record.ResourceName))[record.Name] = record.Value;

    internal void DeleteAll(ConfigResource resource)
    {
        ImmutableSortedDictionary<string, string> before = image.Of(resource);
        _changes.Remove(resource);
        foreach (string key in before.Keys)
        {
            ChangesOf(resource)[key] = null;
        }
    }

    internal void FinishSnapshot()
    {
        foreach ((ConfigResource resource, ImmutableSortedDictionary<string, string> values) in image.Resources)
        {
            foreach (string key in values.Keys)
            {
                ChangesOf(resource).TryAdd(key, null);
            }
        }
    }

    internal ConfigurationsImage Apply()
    {
        ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Builder resources = image.Resources.ToBuilder();
        foreach ((ConfigResource resource, Dictionary<string, string?> changes) in _changes)
        {
            ImmutableSortedDictionary<string, string>.Builder values = resources.GetValueOrDefault(resource, ConfigurationsImage.NoValues).ToBuilder();
            foreach ((string key, string? value) in changes)
            {
                if (value is null)
                {
                    values.Remove(key);
                }
                else
                {
                    values[key] = value;
                }
            }

            if (values.Count == 0)
            {
                resources.Remove(resource);
            }
            else
            {
                resources[resource] = values.ToImmutable();
            }
        }

        return new ConfigurationsImage(resources.ToImmutable());
    }

    private Dictionary<string, string?> ChangesOf(ConfigResource resource)
    {
        if (!_changes.TryGetValue(resource, out Dictionary<string, string?>? changes))
        {
            changes = new(StringComparer.Ordinal);
            _changes.Add(resource, changes);
        }

        return changes;
    }
}
