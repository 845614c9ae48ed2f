using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>The dynamic configurations of topics, brokers, groups and client metrics subscriptions. Immutable.</summary>
public sealed class ConfigurationsImage : IEquatable<ConfigurationsImage>
{
    public static readonly ConfigurationsImage Empty = new(ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Empty);

    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    internal ConfigurationsImage(ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> resources) => Resources = resources;

    /// <summary>Only resources that have configurations are here.</summary>
    public ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> Resources { get; }

    /// <summary>What is set on the resource itself; empty when nothing is.</summary>
    public ImmutableSortedDictionary<string, string> Of(ConfigResource resource) => Resources.GetValueOrDefault(resource, None);

    public string? Value(ConfigResource resource, string key) => Of(resource).GetValueOrDefault(key);

    public void WriteTo(IMetadataRecordWriter writer)
    {
        foreach ((ConfigResource resource, ImmutableSortedDictionary<string, string> values) in Resources)
        {
            foreach ((string name, string value) in values)
            {
                writer.Write(new(new ConfigRecord { ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, Name = name, Value = value }, 0));
            }
        }
    }

    public bool Equals(ConfigurationsImage? other)
    {
        if (other is null || Resources.Count != other.Resources.Count)
        {
            return false;
        }

        foreach ((ConfigResource resource, ImmutableSortedDictionary<string, string> values) in Resources)
        {
            if (!Structural.Equal(values, other.Of(resource)))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ConfigurationsImage);

    public override int GetHashCode() => Resources.Count;

    internal static ImmutableSortedDictionary<string, string> NoValues => None;
}
