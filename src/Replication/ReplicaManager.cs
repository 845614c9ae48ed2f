using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>
/// The replicas of this node: finds them for handlers (any thread), and brings them into being, changes and retires them as the metadata says (the publisher's thread alone).
/// </summary>
public sealed class ReplicaManager(
    int brokerId, LogManager logs, HighWatermarkCheckpoints highWatermarks, Func<NodeConfiguration> configuration, ILogger<ReplicaManager> logger) : IMetadataPublisher
{
    private readonly ConcurrentDictionary<TopicPartition, Partition> _partitions = new();
    private volatile MetadataImage _image = MetadataImage.Empty;

    /// <inheritdoc />
    public string Name => "replicas";

    public int BrokerId => brokerId;

    /// <summary>All replicas here, in no order; safe beside changes.</summary>
    public IEnumerable<Partition> All => _partitions.Values;

    /// <summary>The partition's replica here, or null and why: unknown to the metadata, on another node, or in a failed directory.</summary>
    public Partition? Find(string topic, int index, out ErrorCode error)
    {
        if (_partitions.TryGetValue(new TopicPartition(topic, index), out var partition))
        {
            error = logs.Find(partition.Id) is null ? ErrorCode.KafkaStorageError : ErrorCode.None;
            return error == ErrorCode.None ? partition : null;
        }

        error = _image.Topics.FindPartition(topic, index) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.NotLeaderOrFollower;
        return null;
    }

    /// <summary>The effective configuration of a topic.</summary>
    public TopicConfiguration ConfigurationOf(string topic) => configuration().ForTopic(_image.Configs.Of(new ConfigResource(ConfigResourceType.Topic, topic)));

    /// <inheritdoc />
    public void OnMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest)
    {
        _image = image;
        if (delta.Topics is { } topics)
        {
            Retire(topics);
            foreach (var (topicId, changed) in topics.Changed)
            {
                foreach (var (index, registration) in changed.Changes)
                {
                    Apply(topicId, changed.Name, index, registration);
                }
            }
        }

        if (delta.Configs is { } configs)
        {
            foreach (var resource in configs.Changes.Keys)
            {
                if (resource.Type == ConfigResourceType.Topic)
                {
                    UpdateConfig(resource.Name);
                }
            }
        }
    }

    /// <inheritdoc />
    public void OnLeaderChange(int leaderId, int leaderEpoch)
    {
    }

    /// <summary>The node's own configuration has changed: the defaults of all topics may have.</summary>
    public void UpdateAllConfigs()
    {
        foreach (var partition in _partitions.Values)
        {
            Configure(partition);
        }
    }

    private void Retire(TopicsDelta topics)
    {
        foreach (var topicId in topics.DeletedIds)
        {
            if (topics.Image.Find(topicId) is not { } topic)
            {
                continue;
            }

            foreach (var (index, _) in topic.Partitions)
            {
                if (_partitions.TryGetValue(new TopicPartition(topic.Name, index), out var partition) && partition.TopicId == topicId)
                {
                    _partitions.TryRemove(partition.Id, out _);
                    partition.Retire();
                    logs.Delete(partition.Id);
                }
            }
        }
    }

    private void Apply(Uuid topicId, string topic, int index, PartitionRegistration registration)
    {
        var id = new TopicPartition(topic, index);
        if (registration.DirectoryOf(brokerId) is not { } directory)
        {
            // Reassigned away from this node.
            if (_partitions.TryRemove(id, out var gone))
            {
                gone.Retire();
                logs.Delete(id);
            }

            return;
        }

        if (!_partitions.TryGetValue(id, out var partition))
        {
            var config = ConfigurationOf(topic);
            var log = logs.GetOrCreate(id, topicId, LogConfigs.From(config, configuration()), directory);
            log.UpdateConfig(LogConfigs.From(config, configuration()));
            log.UpdateHighWatermark(highWatermarks.Of(id));
            partition = new Partition(id, topicId, log) { MinInSyncReplicas = config.MinInsyncReplicas };
            _partitions[id] = partition;
        }

        partition.Become(registration, brokerId);
        if (!partition.Role.IsLeader && registration.Leader >= 0)
        {
            logger.LogWarning("{Partition} is led by broker {Leader}: fetching from another node comes with the cluster, this replica stays behind", id, registration.Leader);
        }
    }

    private void UpdateConfig(string topic)
    {
        for (var index = 0; index < (_image.Topics.Find(topic)?.PartitionCount ?? 0); index++)
        {
            if (_partitions.TryGetValue(new TopicPartition(topic, index), out var partition))
            {
                Configure(partition);
            }
        }
    }

    private void Configure(Partition partition)
    {
        var topic = ConfigurationOf(partition.Id.Topic);
        partition.MinInSyncReplicas = topic.MinInsyncReplicas;
        partition.Log.UpdateConfig(LogConfigs.From(topic, configuration()));
    }
}
