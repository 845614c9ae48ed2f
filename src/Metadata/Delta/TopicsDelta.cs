using System.Collections.Immutable;
using Moldau.Core;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which topics are new, changed or deleted. A topic that was made and deleted within the delta leaves no trace.</summary>
public sealed class TopicsDelta(TopicsImage image)
{
    private readonly Dictionary<Uuid, TopicDelta> _changed = [];
    private readonly Dictionary<string, Uuid> _created = new(StringComparer.Ordinal);
    private readonly HashSet<Uuid> _deleted = [];

    /// <summary>The image before.</summary>
    public TopicsImage Image { get; } = image;

    /// <summary>New and changed topics by id.</summary>
    public IReadOnlyDictionary<Uuid, TopicDelta> Changed => _changed;

    /// <summary>Topics that are new, by name.</summary>
    public IReadOnlyDictionary<string, Uuid> Created => _created;

    /// <summary>Topics of the image before that are gone. One of the same name may have been made since.</summary>
    public IReadOnlySet<Uuid> DeletedIds => _deleted;

    internal static TopicsDelta Whole(TopicsImage image)
    {
        var delta = new TopicsDelta(TopicsImage.Empty);
        foreach ((Uuid id, TopicImage topic) in image.ById)
        {
            delta._changed.Add(id, TopicDelta.Whole(topic));
            delta._created.Add(topic.Name, id);
        }

        return delta;
    }

    internal void Replay(TopicRecord record)
    {
        string name = record.Name;
        if (Find(name) is { } existing && existing != record.TopicId)
        {
            throw new MetadataException($"a record makes topic '{name}' with id {record.TopicId}, but it exists with id {existing}");
        }

        _changed[record.TopicId] = new TopicDelta(new TopicImage(name, record.TopicId, []));
        _created[name] = record.TopicId;
    }

    internal void Replay(PartitionRecord record) => ChangedOrNew(record.TopicId).Replay(record);

    internal void Replay(PartitionChangeRecord record) => ChangedOrNew(record.TopicId).Replay(record);

    /// <summary>An empty name means all topics: the feature was switched off, or the cluster's min.insync.replicas changed (KIP-966).</summary>
    internal void Replay(ClearElrRecord record)
    {
        string name = record.TopicName;
        if (name.Length > 0)
        {
            Uuid id = Find(name) ?? throw new MetadataException($"a record clears the eligible leader replicas of topic '{name}', which does not exist");
            ChangedOrNew(id).ClearElr();
            return;
        }

        foreach ((Uuid id, TopicImage topic) in Image.ById)
        {
            if (!_deleted.Contains(id) && (_changed.ContainsKey(id) || HasElr(topic)))
            {
                ChangedOrNew(id).ClearElr();
            }
        }

        foreach (Uuid id in _created.Values)
        {
            ChangedOrNew(id).ClearElr();
        }
    }

    /// <summary>Returns the name of the topic that went.</summary>
    internal string Replay(RemoveTopicRecord record)
    {
        TopicImage? before = Image.Find(record.TopicId);
        string name;
        if (_changed.Remove(record.TopicId, out TopicDelta? changed))
        {
            name = changed.Name;
        }
        else if (before is not null && !_deleted.Contains(record.TopicId))
        {
            name = before.Name;
        }
        else
        {
            throw new MetadataException($"a record removes the topic with id {record.TopicId}, which does not exist");
        }

        if (_created.TryGetValue(name, out Uuid created) && created == record.TopicId)
        {
            _created.Remove(name);
        }

        if (before is not null)
        {
            _deleted.Add(record.TopicId);
        }

        return name;
    }

    internal void FinishSnapshot()
    {
        foreach (Uuid id in Image.ById.Keys)
        {
            if (!_changed.ContainsKey(id))
            {
                _deleted.Add(id);
            }
        }
    }

    internal TopicsImage Apply()
    {
        ImmutableDictionary<Uuid, TopicImage>.Builder byId = Image.ById.ToBuilder();
        ImmutableDictionary<string, TopicImage>.Builder byName = Image.ByName.ToBuilder();
        foreach (Uuid id in _deleted)
        {
            byId.Remove(id);
            byName.Remove(Image.ById[id].Name);
        }

        foreach ((Uuid id, TopicDelta delta) in _changed)
        {
            TopicImage topic = delta.Apply();
            byId[id] = topic;
            byName[topic.Name] = topic;
        }

        return new TopicsImage(byId.ToImmutable(), byName.ToImmutable());
    }

    private static bool HasElr(TopicImage topic)
    {
        foreach ((int _, PartitionRegistration partition) in topic.Partitions)
        {
            if (partition.Elr.Length + partition.LastKnownElr.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    private Uuid? Find(string name)
    {
        if (_created.TryGetValue(name, out Uuid created))
        {
            return created;
        }

        return Image.Find(name) is { } topic && !_deleted.Contains(topic.Id) ? topic.Id : null;
    }

    private TopicDelta ChangedOrNew(Uuid id)
    {
        if (_changed.TryGetValue(id, out TopicDelta? delta))
        {
            return delta;
        }

        TopicImage? topic = _deleted.Contains(id) ? null : Image.Find(id);
        if (topic is null)
        {
            throw new MetadataException($"a record is about the topic with id {id}, which does not exist");
        }

        delta = new TopicDelta(topic);
        _changed.Add(id, delta);
        return delta;
    }
}
