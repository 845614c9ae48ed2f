using Moldau.Core;
using Moldau.Metadata;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    private readonly Dictionary<string, long> _topicHashes = new(StringComparer.Ordinal);
    private readonly TimelineDictionary<string, TimelineSet<GroupId>> _groupsByTopic;

    /// <summary>The whole log is replayed: members' sessions begin anew.</summary>
    public void OnLoaded(MetadataImage image)
    {
        _image = image;
        _newTopicsOffset = image.Offset;
        foreach (var group in _groups.All.OfType<ConsumerGroup>())
        {
            foreach (var member in group.Members)
            {
                ScheduleSessionTimeout(group.Id, member.MemberId, Options.TimeoutsOf(group.Id).SessionTimeoutMs);
                if (member.State == MemberState.UnrevokedPartitions)
                {
                    ScheduleRebalanceTimeout(group.Id, member);
                }
            }
        }
    }

    /// <summary>There is new metadata: groups whose topics were made, deleted or changed look at them with the next heartbeat of a member.</summary>
    public void OnNewImage(MetadataImage image, MetadataDelta delta)
    {
        _image = image;
        if (delta.Topics is not { } topics)
        {
            return;
        }

        if (_newTopicsOffset < 0 || topics.Created.Count > 0)
        {
            _newTopicsOffset = image.Offset;
        }

        foreach (var (_, changed) in topics.Changed)
        {
            OnTopicChanged(changed.Image.Name);
        }

        foreach (var deleted in topics.DeletedIds)
        {
            if (topics.Image.Find(deleted) is { } topic)
            {
                OnTopicChanged(topic.Name);
            }
        }
    }

    private void OnTopicChanged(string topic)
    {
        _topicHashes.Remove(topic);
        if (_groupsByTopic.TryGetValue(topic, out var groups))
        {
            foreach (var group in groups.Items)
            {
                (_groups.Find(group) as ConsumerGroup)?.RequestMetadataRefresh();
            }
        }
    }

    /// <summary>Keeps the index of groups by topics in step; called by replay with what the group subscribed to before.</summary>
    private void IndexTopics(ConsumerGroup group, IReadOnlySet<string> before)
    {
        foreach (var topic in before)
        {
            if (!group.IsSubscribedTo(topic) && _groupsByTopic.TryGetValue(topic, out var groups))
            {
                groups.Remove(group.Id);
                if (groups.Count == 0)
                {
                    _groupsByTopic.Remove(topic);
                    _topicHashes.Remove(topic);
                }
            }
        }

        foreach (var topic in group.SubscribedTopics)
        {
            if (before.Contains(topic))
            {
                continue;
            }

            if (!_groupsByTopic.TryGetValue(topic, out var groups))
            {
                _groupsByTopic[topic] = groups = new TimelineSet<GroupId>(_context.Snapshots);
            }

            groups.Add(group.Id);
        }
    }

    private long HashOf(IEnumerable<string> topics)
    {
        var hashes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in topics)
        {
            if (_image.Topics.Find(name) is not { } topic)
            {
                continue;
            }

            if (!_topicHashes.TryGetValue(name, out var hash))
            {
                _topicHashes[name] = hash = GroupMetadataHash.OfTopic(topic.Name, topic.Id, RacksOf(topic));
            }

            hashes[name] = hash;
        }

        return GroupMetadataHash.OfTopics(hashes);
    }

    private List<IReadOnlyList<string>> RacksOf(TopicImage topic)
    {
        var racks = new List<IReadOnlyList<string>>(topic.PartitionCount);
        foreach (var (_, partition) in topic.Partitions)
        {
            var ofPartition = new List<string>();
            foreach (var replica in partition.Replicas)
            {
                if (_image.Cluster.Broker(replica)?.Rack is { } rack)
                {
                    ofPartition.Add(rack);
                }
            }

            racks.Add(ofPartition);
        }

        return racks;
    }
}
