using System.Collections.Immutable;
using Moldau.Core;

namespace Moldau.Metadata;

/// <summary>All topics by id and by name. Immutable; successive images share what did not change.</summary>
public sealed class TopicsImage : IEquatable<TopicsImage>
{
    public static readonly TopicsImage Empty = new(
        ImmutableDictionary<Uuid, TopicImage>.Empty, ImmutableDictionary.Create<string, TopicImage>(IdentifierHash.Comparer));

    internal TopicsImage(ImmutableDictionary<Uuid, TopicImage> byId, ImmutableDictionary<string, TopicImage> byName)
    {
        ById = byId;
        ByName = byName;
    }

    public ImmutableDictionary<Uuid, TopicImage> ById { get; }

    public ImmutableDictionary<string, TopicImage> ByName { get; }

    public int Count => ById.Count;

    public TopicImage? Find(Uuid id) => ById.GetValueOrDefault(id);

    public TopicImage? Find(string name) => ByName.GetValueOrDefault(name);

    public PartitionRegistration? FindPartition(Uuid topicId, int index) => Find(topicId)?.Partition(index);

    public PartitionRegistration? FindPartition(string topic, int index) => Find(topic)?.Partition(index);

    public void WriteTo(IMetadataRecordWriter writer, MetadataVersion version)
    {
        foreach (TopicImage topic in ById.Values)
        {
            topic.WriteTo(writer, version);
        }
    }

    public bool Equals(TopicsImage? other) => other is not null && Structural.Equal(ById, other.ById);

    public override bool Equals(object? obj) => Equals(obj as TopicsImage);

    public override int GetHashCode() => Count;
}
