using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

/// <summary>
/// The transactional ids of one partition of <c>__transaction_state</c>: operations that decide and give records, and replay, which alone changes state. Called by the coordinator runtime,
/// never by two threads at once. Where Apache Kafka answers CONCURRENT_TRANSACTIONS while a transition is being written, an operation here goes on from the state that is being written: the
/// runtime answers it when both are committed, and reverts both when the append fails.
/// </summary>
public sealed partial class TransactionShard : ICoordinatorShard
{
    /// <summary>How many records one operation of a timer writes; the next ones follow with the next tick.</summary>
    private const int BatchMax = 500;

    private readonly TransactionShardOptions options;
    private readonly ITransactionMarkers markers;
    private readonly PartitionIndex partition;
    private readonly ICoordinatorTimer timer;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SpareProducerId spareIds;
    private readonly TimelineDictionary<TransactionalId, TransactionMetadata> transactions;

    /// <summary>What the operation under way writes, as its records do not tell all of it; their replay takes it over.</summary>
    private readonly Dictionary<TransactionalId, TransactionMetadata> writing = [];

    public TransactionShard(CoordinatorShardContext context, TransactionShardOptions options, ITransactionMarkers markers)
    {
        this.options = options;
        this.markers = markers;
        partition = context.Partition.Partition;
        timer = context.Timer;
        time = context.Time;
        logger = context.Logger;
        spareIds = new SpareProducerId(options.ProducerIds);
        transactions = new(context.Snapshots);
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// AddPartitionsToTxn and AddOffsetsToTxn, and the adding that produce requests and offset commits of version 2 imply (KIP-890). <paramref name="clientTransactionVersion"/> is 2 for the
    /// latter, 0 for the former.
    /// </summary>
    public CoordinatorResult<ErrorCode> AddPartitions(
        TransactionalId transactionalId, ProducerId producerId, short producerEpoch, IReadOnlyCollection<TopicPartition> partitions, short clientTransactionVersion)
    {
        var metadata = Find(transactionalId);
        var error = CheckProducer(metadata, producerId, producerEpoch);
        return error != ErrorCode.None ? Answer(error)
            : metadata!.State == TransactionState.Ongoing && metadata.Partitions.IsSupersetOf(partitions) ? Answer(ErrorCode.None)
            : Write(metadata.Add(partitions, clientTransactionVersion, NowMs), ErrorCode.None);
    }

    /// <summary>All markers of the transaction that was prepared under this epoch are written. Without effect when it is no longer the present one.</summary>
    public CoordinatorResult<ErrorCode> Complete(TransactionalId transactionalId, ProducerId producerId, short producerEpoch)
    {
        var metadata = Find(transactionalId);
        return metadata is null || metadata.ProducerId != producerId || metadata.ProducerEpoch != producerEpoch || !metadata.State.IsPrepared()
            ? Answer(ErrorCode.InvalidTxnState)
            : Write(metadata.Complete(NowMs), ErrorCode.None);
    }

    /// <summary>Forgets ids that have not been used for transactional.id.expiration.ms. Gives how many; as long as there are some, there may be more.</summary>
    public CoordinatorResult<int> RemoveExpired()
    {
        writing.Clear();
        var records = new List<CoordinatorRecord>();
        var oldest = NowMs - options.TransactionalIdExpirationMs;
        foreach (var (transactionalId, metadata) in transactions)
        {
            if (metadata.State.IsIdle() && metadata.LastUpdateTimestampMs <= oldest)
            {
                records.Add(TransactionLog.Tombstone(transactionalId));
                if (records.Count == BatchMax)
                {
                    break;
                }
            }
        }

        return new(records, records.Count, IsAtomic: false);
    }

    /// <inheritdoc />
    public void Replay(long offset, long producerId, short producerEpoch, CoordinatorRecord record)
    {
        if (record.Key is not TransactionLogKey key)
        {
            // A record of a later release: it stays in the log, and means nothing here.
            return;
        }

        if (record.Value is not TransactionLogValue value)
        {
            transactions.Remove(key.TransactionalId);
            return;
        }

        transactions[key.TransactionalId] = writing.Remove(key.TransactionalId, out var metadata) ? metadata : TransactionLog.Read(key.TransactionalId, value);
    }

    /// <inheritdoc />
    public void ReplayTransactionMarker(long producerId, short producerEpoch, bool commit) =>
        Invariant.That(false, "the transaction topic is not written in transactions");

    /// <inheritdoc />
    public void OnLoaded(MetadataImage image)
    {
        foreach (var (_, metadata) in transactions)
        {
            if (metadata.State.IsPrepared())
            {
                markers.Begin(partition, metadata);
            }
        }

        Repeat("transaction-abort", options.AbortTimedOutIntervalMs, AbortTimedOut);
        Repeat("transactionalId-expiration", options.RemoveExpiredIntervalMs, RemoveExpired);
    }

    /// <inheritdoc />
    public void OnUnloaded() => markers.Cancel(partition);

    /// <inheritdoc />
    public void OnNewImage(MetadataImage image, MetadataDelta delta)
    {
    }

    private static CoordinatorResult<T> Answer<T>(T response) => new([], response);

    /// <summary>
    /// A producer that wants to go on with its transaction, or to begin one. As long as markers are being written it is asked to come again before its id is looked at, which may be the one
    /// that takes over then.
    /// </summary>
    private static ErrorCode CheckProducer(TransactionMetadata? metadata, ProducerId producerId, short producerEpoch) =>
        metadata is null ? ErrorCode.InvalidProducerIdMapping
        : metadata.State.IsPrepared() ? ErrorCode.ConcurrentTransactions
        : metadata.ProducerId != producerId ? ErrorCode.InvalidProducerIdMapping
        : metadata.ProducerEpoch != producerEpoch ? ErrorCode.ProducerFenced
        : ErrorCode.None;

    private TransactionMetadata? Find(TransactionalId transactionalId) => transactions.TryGetValue(transactionalId, out var metadata) ? metadata : null;

    /// <summary>A decision: its markers go out when it is committed.</summary>
    private CoordinatorResult<T> WritePrepared<T>(TransactionMetadata prepared, T response) =>
        Write(prepared, response) with { AfterAppend = failure => BeginMarkers(prepared, failure) };

    private void BeginMarkers(TransactionMetadata prepared, CoordinatorException? failure)
    {
        if (failure is null && Find(prepared.TransactionalId) == prepared)
        {
            markers.Begin(partition, prepared);
        }
    }

    private void Repeat(string key, long intervalMs, Func<CoordinatorResult<int>> operation) => timer.Schedule(key, intervalMs, retry: true, () =>
    {
        Repeat(key, intervalMs, operation);
        var result = operation();
        return new(result.Records, true, result.AfterAppend, IsAtomic: result.IsAtomic);
    });

    private CoordinatorResult<T> Write<T>(TransactionMetadata metadata, T response)
    {
        writing.Clear();
        writing.Add(metadata.TransactionalId, metadata);
        return new([TransactionLog.Record(metadata, options.TransactionVersion())], response);
    }
}
