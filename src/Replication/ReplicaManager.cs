using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>
/// The replicas of this node: finds them for handlers (any thread), and brings them into being, changes and retires them as the metadata says (the publisher's thread alone).
/// </summary>
public sealed partial class ReplicaManager : IMetadataPublisher
{
    private readonly int _brokerId;
    private readonly LogManager _logs;
    private readonly HighWatermarkCheckpoints _highWatermarks;
    private readonly Func<NodeConfiguration> _configuration;
    private readonly ILogger<ReplicaManager> _logger;
    private readonly ConcurrentDictionary<TopicPartition, Partition> _partitions = new();

    /// <summary>Replicas placed here whose log could not be opened or made, with their topic's id. They are tried again with each metadata update.</summary>
    private readonly ConcurrentDictionary<TopicPartition, Uuid> _withoutLog = new();

    /// <summary>Replicas that went with the update under way; their logs go together. The publisher's thread.</summary>
    private readonly List<TopicPartition> _retired = [];
    private (TopicName Topic, TopicConfiguration Configuration)? _configured;
    private volatile MetadataImage _image = MetadataImage.Empty;
    private bool _hasSeenMetadata;

    public ReplicaManager(
        int brokerId, LogManager logs, HighWatermarkCheckpoints highWatermarks, Func<NodeConfiguration> configuration, ILogger<ReplicaManager> logger)
    {
        _brokerId = brokerId;
        _logs = logs;
        _highWatermarks = highWatermarks;
        _configuration = configuration;
        _logger = logger;
        logs.DirectoryOffline += OnDirectoryOffline;
    }

    /// <inheritdoc />
    public string Name => "replicas";

    public int BrokerId => _brokerId;

    /// <summary>All replicas here, in no order; safe beside changes.</summary>
    public IEnumerable<Partition> All => _partitions.Values;

    /// <summary>The partition's replica here, or null and why: unknown to the metadata, on another node, or in a failed directory.</summary>
    public Partition? Find(string topic, int index, out ErrorCode error)
    {
        if (_partitions.TryGetValue(new TopicPartition(topic, index), out var partition))
        {
            error = partition.IsOffline ? ErrorCode.KafkaStorageError : ErrorCode.None;
            return error == ErrorCode.None ? partition : null;
        }

        error = _withoutLog.ContainsKey(new TopicPartition(topic, index)) ? ErrorCode.KafkaStorageError
            : _image.Topics.FindPartition(topic, index) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.NotLeaderOrFollower;
        return null;
    }

    /// <summary>The effective configuration of a topic.</summary>
    public TopicConfiguration ConfigurationOf(string topic) => _configuration().ForTopic(_image.Configs.Of(new ConfigResource(ConfigResourceType.Topic, topic)));

    /// <summary>The same within one update of the metadata: what a topic's many partitions share is made once.</summary>
    private TopicConfiguration ConfigurationWhile(TopicName topic)
    {
        if (_configured is not { } known || known.Topic != topic)
        {
            _configured = known = (topic, ConfigurationOf(topic));
        }

        return known.Configuration;
    }

    /// <inheritdoc />
    public void OnMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest)
    {
        _image = image;
        _configured = null;
        if (!_hasSeenMetadata)
        {
            _hasSeenMetadata = true;
            SetStraysAside();
            AdoptFutureLogs();
        }

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

            DeleteRetired();
        }

        TryAgain();
        _logs.SyncNewLogs();
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

    /// <summary>Logs of topics that were deleted, or of replicas that were moved away, while this node was down: their directories are renamed and kept, as in Kafka.</summary>
    private void SetStraysAside()
    {
        foreach (var log in _logs.Logs.Concat(_logs.FutureLogs))
        {
            var known = _image.Topics.Find(log.Partition.Topic);
            var isHere = known?.Partition(log.Partition.Partition)?.DirectoryOf(_brokerId) is not null;
            if (isHere && (log.TopicId is null || log.TopicId == known!.Id))
            {
                continue;
            }

            _logger.LogWarning("{Partition} in {Directory} is not placed here by the metadata: it is set aside", log.Partition, log.Directory);
            Attempt(log.Partition, () => _logs.SetStray(log.Partition, log.IsFuture));
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
                Retire(new TopicPartition(topic.Name, index), topicId);
            }
        }

        DeleteRetired();
    }

    private void DeleteRetired()
    {
        if (_retired.Count > 0)
        {
            Attempt(_retired[0], () => _logs.Delete(_retired));
            _retired.Clear();
        }
    }

    /// <summary>The replica is gone from here; first for whoever looks for it, then for whoever waits for it, then from the disk.</summary>
    private void Retire(TopicPartition id, Uuid topicId)
    {
        _withoutLog.TryRemove(id, out _);
        if (_partitions.TryGetValue(id, out var partition) && partition.TopicId == topicId)
        {
            _partitions.TryRemove(id, out _);
            partition.Retire();
            _mover?.Forget(id);
            _retired.Add(id);
        }
    }

    private void Apply(Uuid topicId, string topic, int index, PartitionRegistration registration)
    {
        var id = new TopicPartition(topic, index);
        if (registration.DirectoryOf(_brokerId) is not { } directory)
        {
            // Reassigned away from this node.
            Retire(id, topicId);
            return;
        }

        if (!_partitions.TryGetValue(id, out var partition))
        {
            partition = Open(id, topicId, registration, directory);
            if (partition is null)
            {
                return;
            }

            Settle(partition, directory);
        }

        Attempt(id, () => partition.Become(registration, _brokerId));
        if (!partition.Role.IsLeader && registration.Leader >= 0)
        {
            _logger.LogWarning("{Partition} is led by broker {Leader}: fetching from another node comes with the cluster, this replica stays behind", id, registration.Leader);
        }
    }

    private Partition? Open(TopicPartition id, Uuid topicId, PartitionRegistration registration, Uuid directory)
    {
        Partition? partition = null;
        if (IsOutOfReach(id, registration, directory) || !Attempt(id, () => partition = Open(id, topicId, directory)))
        {
            if (_withoutLog.TryAdd(id, topicId))
            {
                _logger.LogError("{Partition} cannot be served: its log is in a directory that has failed, or cannot be made", id);
            }

            return null;
        }

        _withoutLog.TryRemove(id, out _);
        return partition;
    }

    private Partition Open(TopicPartition id, Uuid topicId, Uuid directory)
    {
        if (_logs.Find(id) is { TopicId: { } known } && known != topicId)
        {
            // The name was given to another topic meanwhile.
            _logs.SetStray(id);
        }

        var config = ConfigurationWhile(id.Topic);
        var logConfig = LogConfigs.From(config, _configuration());
        var log = _logs.GetOrCreate(id, topicId, logConfig, directory);
        _logs.FindFuture(id)?.UpdateConfig(logConfig);
        if (!ReferenceEquals(log.Config, logConfig))
        {
            log.UpdateConfig(logConfig);
        }

        log.UpdateHighWatermark(_highWatermarks.Take(log));
        var partition = new Partition(id, topicId, log) { MinInSyncReplicas = config.MinInsyncReplicas, Durability = config.Durability };
        _partitions[id] = partition;
        if (_logs.Find(id) != log)
        {
            // The directory failed between the two, and whoever told so did not find the partition.
            partition.SetOffline();
        }

        return partition;
    }

    /// <summary>An old replica without a log here may have it in a directory that has failed: a new, empty one beside it would hide what was acknowledged.</summary>
    private bool IsOutOfReach(TopicPartition id, PartitionRegistration registration, Uuid directory)
    {
        if (_logs.Find(id) is not null)
        {
            return false;
        }

        return _logs.DirectoryWithId(directory) is { } home
            ? !home.IsOnline
            : registration.PartitionEpoch > 0 && _logs.Directories.Any(candidate => !candidate.IsOnline);
    }

    private void TryAgain()
    {
        foreach (var (id, topicId) in _withoutLog)
        {
            if (_image.Topics.Find(topicId)?.Partition(id.Partition) is { } registration)
            {
                Apply(topicId, id.Topic, id.Partition, registration);
            }
        }
    }

    /// <summary>One replica that the disk refuses must not keep the others from following the metadata. A directory that failed is offline by then.</summary>
    private bool Attempt(TopicPartition id, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (DiskException failure)
        {
            _logger.LogError(failure, "{Partition}: {Reason}", id, failure.Message);
            return false;
        }
    }

    /// <summary>Called on the thread that met the failure.</summary>
    private void OnDirectoryOffline(LogDirectory directory, IReadOnlyList<TopicPartition> lost)
    {
        foreach (var id in lost)
        {
            if (_partitions.TryGetValue(id, out var partition))
            {
                partition.SetOffline();
            }
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
        var future = _logs.FindFuture(partition.Id);
        var topic = ConfigurationOf(partition.Id.Topic);
        partition.MinInSyncReplicas = topic.MinInsyncReplicas;
        partition.Durability = topic.Durability;
        partition.Log.UpdateConfig(LogConfigs.From(topic, _configuration()));
        future?.UpdateConfig(partition.Log.Config);
    }
}
