using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Records;
using Moldau.Replication;

namespace Moldau.Broker;

/// <summary>The group coordinator of a node, put together over its replicas. Made before the node starts; disposed while the replicas are still there.</summary>
internal sealed class GroupService : IDisposable
{
    private readonly long _completionTimeoutMs;

    public GroupService(
        NodeEnvironment environment,
        Func<NodeConfiguration> configuration,
        MetadataLoader loader,
        ReplicaManager replicas,
        IPartitionWriter writer,
        Predicate<MetadataImage> isRegistered)
    {
        var node = configuration();
        _completionTimeoutMs = node.Int("request.timeout.ms");
        var options = new GroupOptions(configuration, loader);
        _ = options.Current;
        var runtime = new CoordinatorRuntime<GroupShard>(
            new CoordinatorRuntimeOptions
            {
                Topic = TopicNames.ConsumerOffsets,
                Codec = CoordinatorRecordCodec.Group,
                AppendLingerMs = node.Int("group.coordinator.append.linger.ms"),
                Compression = RecordCompression.Of((CompressionType)node.Int("offsets.topic.compression.codec")),
            },
            context => new GroupShard(context, () => options.Current, environment.Entropy, Metrics),
            writer,
            new CoordinatorLogLoader(replicas, node.Int("offsets.load.buffer.size")),
            environment.Workers,
            environment.Time,
            environment.Logging.CreateLogger<GroupCoordinator>())
        {
            TimerWriteTimeoutMs = node.Int("offsets.commit.timeout.ms"),
        };
        Coordinator = new GroupCoordinator(
            runtime, () => options.Current, () => loader.Image.Topics.Find(TopicNames.ConsumerOffsets)?.PartitionCount ?? configuration().OffsetsTopicPartitions);
        Publisher = new CoordinatorPublisher(
            TopicNames.ConsumerOffsets, node.NodeId, isRegistered, Coordinator.OnElection, Coordinator.OnResignation, Coordinator.OnNewImage);
    }

    public GroupCoordinator Coordinator { get; }

    public GroupMetrics Metrics { get; } = new();

    /// <summary>Comes after the replicas.</summary>
    public IMetadataPublisher Publisher { get; }

    /// <summary>A transaction with offsets in a partition of groups has ended.</summary>
    /// <exception cref="CoordinatorException">The marker could not be written.</exception>
    public Task CompleteTransactionAsync(PartitionIndex partition, TransactionMarker marker) => Coordinator.CompleteTransactionAsync(
        partition, marker.ProducerId.Value, marker.ProducerEpoch, marker.CoordinatorEpoch, marker.IsCommit, marker.TransactionVersion, _completionTimeoutMs);

    public void Dispose() => Coordinator.Dispose();
}
