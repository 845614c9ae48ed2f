using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Coordination;
using Moldau.Metadata;
using Moldau.Replication;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>The transaction coordinator of a node, put together over its replicas. Made before the node starts; disposed while the replicas are still there.</summary>
internal sealed class TransactionService : IDisposable
{
    private readonly CoordinatorRuntime<TransactionShard> _runtime;
    private readonly TransactionMarkers _markers;

    public TransactionService(
        NodeEnvironment environment,
        Func<NodeConfiguration> configuration,
        MetadataLoader loader,
        ReplicaManager replicas,
        CoordinatorPartitionWriter writer,
        IProducerIdSource producerIds,
        TimingWheel wheel,
        Predicate<MetadataImage> isRegistered)
    {
        var node = configuration();
        var logger = environment.Logging.CreateLogger<TransactionCoordinator>();
        MarkerWriter = new TransactionMarkerWriter(replicas, configuration, wheel, environment.Workers, environment.Time);
        _markers = new TransactionMarkers(MarkerWriter, () => loader.Image, environment.Time, logger);
        var shards = new TransactionShardOptions
        {
            TransactionalIdExpirationMs = node.Int("transactional.id.expiration.ms"),
            AbortTimedOutIntervalMs = node.Int("transaction.abort.timed.out.transaction.cleanup.interval.ms"),
            RemoveExpiredIntervalMs = node.Int("transaction.remove.expired.transaction.cleanup.interval.ms"),
            ProducerIds = producerIds,
            TransactionVersion = () => loader.Image.Features.Level(KnownFeatures.TransactionVersion),
        };
        _runtime = new CoordinatorRuntime<TransactionShard>(
            new CoordinatorRuntimeOptions { Topic = TopicNames.TransactionState, Codec = CoordinatorRecordCodec.Transaction },
            context => new TransactionShard(context, shards, _markers),
            writer,
            new CoordinatorLogLoader(replicas, node.Int("transaction.state.log.load.buffer.size")),
            environment.Workers,
            environment.Time,
            logger);
        Coordinator = new TransactionCoordinator(
            _runtime,
            _markers,
            producerIds,
            () => loader.Image,
            new TransactionCoordinatorOptions { TimeoutMsMax = node.Int("transaction.max.timeout.ms"), RequestTimeoutMs = node.Int("request.timeout.ms") });
        Verifier = new TransactionVerifier(Coordinator, configuration, environment.Time);
        Publisher = new CoordinatorPublisher(
            TopicNames.TransactionState, node.NodeId, isRegistered, Coordinator.OnElection, Coordinator.OnResignation, Coordinator.OnNewImage);
    }

    public TransactionCoordinator Coordinator { get; }

    public TransactionVerifier Verifier { get; }

    public TransactionMarkerWriter MarkerWriter { get; }

    /// <summary>Comes after the replicas.</summary>
    public IMetadataPublisher Publisher { get; }

    public void Dispose()
    {
        _markers.Dispose();
        _runtime.Dispose();
    }
}
