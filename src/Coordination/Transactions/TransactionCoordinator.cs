using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>
/// The coordinator of the transactional ids whose partition of <c>__transaction_state</c> this node leads: what the handlers call. Any thread; nothing blocks. Errors are values of the
/// protocol, as Apache Kafka's coordinator gives them.
/// </summary>
public sealed partial class TransactionCoordinator
{
    private readonly CoordinatorRuntime<TransactionShard> runtime;
    private readonly TransactionMarkers markers;
    private readonly IProducerIdSource producerIds;
    private readonly Func<MetadataImage> image;
    private readonly TransactionCoordinatorOptions options;

    /// <param name="runtime">Runs the shards; whoever made it ends it.</param>
    /// <param name="markers">Brings decisions to their partitions; the same that the shards were given.</param>
    /// <param name="producerIds">Fresh producer ids.</param>
    /// <param name="image">The metadata now.</param>
    /// <param name="options">Limits.</param>
    public TransactionCoordinator(
        CoordinatorRuntime<TransactionShard> runtime,
        TransactionMarkers markers,
        IProducerIdSource producerIds,
        Func<MetadataImage> image,
        TransactionCoordinatorOptions options)
    {
        this.runtime = runtime;
        this.markers = markers;
        this.producerIds = producerIds;
        this.image = image;
        this.options = options;
        markers.CompleteWith(CompleteAsync);
    }

    /// <summary>This node leads a partition of the transaction topic in a new epoch.</summary>
    public void OnElection(PartitionIndex shard, int leaderEpoch)
    {
        markers.OnElection(shard, leaderEpoch);
        runtime.ScheduleLoad(shard, leaderEpoch);
    }

    /// <summary>This node does not lead a partition of the transaction topic any more; the epoch is null when the partition is gone.</summary>
    public void OnResignation(PartitionIndex shard, int? leaderEpoch) => runtime.ScheduleUnload(shard, leaderEpoch);

    /// <summary>There is new metadata.</summary>
    public void OnNewImage(MetadataImage newImage, MetadataDelta delta) => runtime.OnNewImage(newImage, delta);

    /// <summary>InitProducerId. Without a transactional id any broker gives an id; with one, its coordinator.</summary>
    public async ValueTask<InitProducerIdResult> InitProducerIdAsync(string? transactionalId, int timeoutMs, ProducerIdAndEpoch? expected)
    {
        if (transactionalId is null)
        {
            var (error, id) = await producerIds.NextAsync();
            return error != ErrorCode.None ? InitProducerIdResult.Failed(error) : new(ErrorCode.None, id, 0);
        }

        if (transactionalId.Length == 0)
        {
            return InitProducerIdResult.Failed(ErrorCode.InvalidRequest);
        }

        if (timeoutMs <= 0 || timeoutMs > options.TimeoutMsMax)
        {
            return InitProducerIdResult.Failed(ErrorCode.InvalidTransactionTimeout);
        }

        return await WithProducerIdAsync(
            transactionalId,
            "init-producer-id",
            (shard, freshId) => shard.InitProducerId(transactionalId, timeoutMs, expected, freshId),
            result => result.NeedsProducerId,
            InitProducerIdResult.Failed);
    }

    /// <summary>EndTxn. Answered when the decision is committed; the markers follow.</summary>
    public async ValueTask<EndTransactionResult> EndAsync(
        string transactionalId, ProducerId producerId, short producerEpoch, bool commit, short clientTransactionVersion)
    {
        if (transactionalId.Length == 0)
        {
            return EndTransactionResult.Failed(ErrorCode.InvalidRequest);
        }

        return await WithProducerIdAsync(
            transactionalId,
            "end-transaction",
            (shard, freshId) => shard.EndTransaction(transactionalId, producerId, producerEpoch, commit, clientTransactionVersion, freshId),
            result => result.NeedsProducerId,
            EndTransactionResult.Failed);
    }

    /// <summary>Adds partitions to a transaction, which begins it. <paramref name="clientTransactionVersion"/> is 2 where a broker adds for a producer, 0 where the producer asks itself.</summary>
    public async ValueTask<ErrorCode> AddPartitionsAsync(
        string transactionalId, ProducerId producerId, short producerEpoch, IReadOnlyCollection<TopicPartition> partitions, short clientTransactionVersion)
    {
        if (transactionalId.Length == 0)
        {
            return ErrorCode.InvalidRequest;
        }

        if (ShardOf(transactionalId) is not { } shard)
        {
            return ErrorCode.NotCoordinator;
        }

        try
        {
            return await runtime.ScheduleWrite(
                "add-partitions",
                shard,
                options.RequestTimeoutMs,
                state => state.AddPartitions(transactionalId, producerId, producerEpoch, partitions, clientTransactionVersion));
        }
        catch (CoordinatorException refused)
        {
            return CoordinatorFailures.ForClients(refused.Error);
        }
    }

    /// <summary>Whether partitions belong to the open transaction of a producer.</summary>
    public async ValueTask<IReadOnlyDictionary<TopicPartition, ErrorCode>> VerifyAsync(
        string transactionalId, ProducerId producerId, short producerEpoch, IReadOnlyCollection<TopicPartition> partitions)
    {
        if (transactionalId.Length == 0)
        {
            return All(partitions, ErrorCode.InvalidRequest);
        }

        if (ShardOf(transactionalId) is not { } shard)
        {
            return All(partitions, ErrorCode.NotCoordinator);
        }

        try
        {
            return await runtime.ScheduleRead(
                "verify-partitions", shard, (state, offset) => state.Verify(transactionalId, producerId, producerEpoch, partitions, offset));
        }
        catch (CoordinatorException refused)
        {
            return All(partitions, CoordinatorFailures.ForClients(refused.Error));
        }
    }

    /// <summary>Completes when the markers of this id that are on their way now are written: a new transaction may begin then.</summary>
    public Task WhenIdleAsync(string transactionalId) => markers.WhenIdleAsync(transactionalId);

    /// <summary>The error as an answer for each partition.</summary>
    public static IReadOnlyDictionary<TopicPartition, ErrorCode> All(IReadOnlyCollection<TopicPartition> partitions, ErrorCode error)
    {
        var answers = new Dictionary<TopicPartition, ErrorCode>(partitions.Count);
        foreach (var partition in partitions)
        {
            answers[partition] = error;
        }

        return answers;
    }

    /// <summary>The shard of a transactional id; null when the transaction topic is not there yet.</summary>
    private PartitionIndex? ShardOf(TransactionalId transactionalId) => image().Topics.Find(TopicNames.TransactionState) is { PartitionCount: > 0 } topic
        ? CoordinatorPartition.OfId(transactionalId, topic.PartitionCount)
        : null;

    /// <summary>Calls an operation, and once more with a fresh producer id when it needs one: that takes a request to the controller now and then, and most calls need none.</summary>
    private async ValueTask<T> WithProducerIdAsync<T>(
        string transactionalId,
        string name,
        Func<TransactionShard, ProducerId, CoordinatorResult<T>> operation,
        Func<T, bool> needsProducerId,
        Func<ErrorCode, T> failed)
    {
        if (ShardOf(transactionalId) is not { } shard)
        {
            return failed(ErrorCode.NotCoordinator);
        }

        try
        {
            var result = await runtime.ScheduleWrite(name, shard, options.RequestTimeoutMs, state => operation(state, -1));
            if (!needsProducerId(result))
            {
                return result;
            }

            var (error, freshId) = await producerIds.NextAsync();
            return error != ErrorCode.None
                ? failed(error)
                : await runtime.ScheduleWrite(name, shard, options.RequestTimeoutMs, state => operation(state, freshId));
        }
        catch (CoordinatorException refused)
        {
            return failed(CoordinatorFailures.ForClients(refused.Error));
        }
    }

    private async Task<ErrorCode> CompleteAsync(PartitionIndex shard, TransactionMetadata prepared)
    {
        try
        {
            return await runtime.ScheduleWrite(
                "complete-transaction",
                shard,
                options.RequestTimeoutMs,
                state => state.Complete(prepared.TransactionalId, prepared.ProducerId, prepared.ProducerEpoch));
        }
        catch (CoordinatorException refused)
        {
            return CoordinatorFailures.ForClients(refused.Error);
        }
    }
}
