using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

public sealed partial class TransactionShard
{
    /// <summary>
    /// InitProducerId of a transactional id. <paramref name="expected"/> is what the producer had when it recovers from an error (KIP-360), or null. <paramref name="freshId"/> is a producer
    /// id that nobody has, or -1 when none is at hand: it is asked for only when it is needed.
    /// </summary>
    public CoordinatorResult<InitProducerIdResult> InitProducerId(
        TransactionalId transactionalId, int timeoutMs, ProducerIdAndEpoch? expected, ProducerId freshId)
    {
        var metadata = Find(transactionalId);
        if (metadata is null)
        {
            if (freshId < 0)
            {
                return Answer(InitProducerIdResult.WithoutProducerId);
            }

            metadata = TransactionMetadata.New(transactionalId, freshId, timeoutMs, NowMs);
        }

        return metadata.State.IsPrepared() ? Answer(InitProducerIdResult.Failed(ErrorCode.ConcurrentTransactions))
            : expected is { } given && !MayContinue(metadata, given) ? Answer(InitProducerIdResult.Failed(ErrorCode.ProducerFenced))
            : metadata.State == TransactionState.Ongoing ? Fence(metadata, freshId)
            : Initialize(metadata, timeoutMs, expected, freshId);
    }

    /// <summary>
    /// The producer id is the present one (its epoch is looked at later), or was replaced because its epochs were used up, so that this may be a request whose answer was lost; or the id is new
    /// here, as when its state had expired.
    /// </summary>
    private static bool MayContinue(TransactionMetadata metadata, ProducerIdAndEpoch given) =>
        metadata.ProducerEpoch == -1
        || given.ProducerId == metadata.ProducerId
        || (given.ProducerId == metadata.PreviousProducerId && TransactionMetadata.IsExhausted(given.Epoch));

    private CoordinatorResult<InitProducerIdResult> Initialize(TransactionMetadata metadata, int timeoutMs, ProducerIdAndEpoch? expected, ProducerId freshId)
    {
        if (metadata.IsEpochExhausted && (expected is null || expected.Value.Epoch == metadata.ProducerEpoch))
        {
            return freshId < 0
                ? Answer(InitProducerIdResult.WithoutProducerId)
                : Initialized(metadata.Rotate(freshId, expected is not null, timeoutMs, NowMs));
        }

        var next = (short)(metadata.ProducerEpoch + 1);
        if (expected is not { } given)
        {
            return Initialized(metadata.Initialize(next, -1, timeoutMs, NowMs));
        }

        if (metadata.ProducerEpoch == -1 || given.Epoch == metadata.ProducerEpoch)
        {
            return Initialized(metadata.Initialize(next, metadata.ProducerEpoch, timeoutMs, NowMs));
        }

        // The answer to the same request was lost: it gets the epoch that it was given then. A new producer in between would have made the last epoch -1.
        return given.Epoch == metadata.LastProducerEpoch
            ? Initialized(metadata.Initialize(metadata.ProducerEpoch, metadata.LastProducerEpoch, timeoutMs, NowMs))
            : Answer(InitProducerIdResult.Failed(ErrorCode.ProducerFenced));
    }

    private CoordinatorResult<InitProducerIdResult> Initialized(TransactionMetadata metadata) =>
        Write(metadata, new InitProducerIdResult(ErrorCode.None, metadata.ProducerId, metadata.ProducerEpoch));

    /// <summary>
    /// Another instance, or the same after a failure, begins while a transaction is open: that is aborted first. The epoch of the abort is given to nobody; the client comes again and gets a
    /// later one.
    /// </summary>
    private CoordinatorResult<InitProducerIdResult> Fence(TransactionMetadata metadata, ProducerId freshId) => NeedsProducerIdToFence(metadata) && freshId < 0
        ? Answer(InitProducerIdResult.WithoutProducerId)
        : WritePrepared(Fenced(metadata, freshId), InitProducerIdResult.Failed(ErrorCode.ConcurrentTransactions));

    /// <summary>Under version 2 the end of a transaction in the last epoch brings another producer id, whoever ends it.</summary>
    private bool NeedsProducerIdToFence(TransactionMetadata metadata) => options.TransactionVersion() >= 2 && metadata.IsEpochExhausted;

    /// <summary>
    /// The abort of an open transaction that its own producer did not ask for, under a later epoch, so that it is fenced. Under version 2 each end raises the epoch, and once is enough
    /// (KAFKA-19367). An epoch is always left for it, as no producer is given the last one; <paramref name="freshId"/> takes over then under version 2, and under version 1 whoever
    /// initializes next gets another producer id.
    /// </summary>
    private TransactionMetadata Fenced(TransactionMetadata metadata, ProducerId freshId) => options.TransactionVersion() >= 2
        ? metadata.Prepare(commit: false, clientTransactionVersion: 2, nextProducerId: metadata.IsEpochExhausted ? freshId : -1, NowMs)
        : metadata.Fence().Prepare(commit: false, clientTransactionVersion: 0, nextProducerId: -1, NowMs);
}
