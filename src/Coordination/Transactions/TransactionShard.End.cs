using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

public sealed partial class TransactionShard
{
    /// <summary>EndTxn of a client. <paramref name="clientTransactionVersion"/> is 2 from EndTxn version 5 on, else 0; <paramref name="freshId"/> is as with InitProducerId.</summary>
    public CoordinatorResult<EndTransactionResult> EndTransaction(
        TransactionalId transactionalId, ProducerId producerId, short producerEpoch, bool commit, short clientTransactionVersion, ProducerId freshId)
    {
        if (Find(transactionalId) is not { } metadata)
        {
            return Answer(EndTransactionResult.Failed(ErrorCode.InvalidProducerIdMapping));
        }

        return clientTransactionVersion >= 2
            ? EndVersion2(metadata, new(producerId, producerEpoch), commit, clientTransactionVersion, freshId)
            : EndVersion1(metadata, new(producerId, producerEpoch), commit);
    }

    /// <summary>
    /// Aborts transactions that are open for longer than their producers wanted, and sees to those that are decided: a decision that was committed only after its write had timed out has nobody
    /// yet who writes its markers. Gives how many were aborted.
    /// </summary>
    public CoordinatorResult<int> AbortTimedOut()
    {
        writing.Clear();
        var records = new List<CoordinatorRecord>();
        var decided = new List<TransactionMetadata>();
        foreach (var (transactionalId, metadata) in transactions)
        {
            if (metadata.State.IsPrepared())
            {
                decided.Add(metadata);
            }
            else if (IsTimedOut(metadata) && records.Count < BatchMax)
            {
                ProducerId freshId = NeedsProducerIdToFence(metadata) ? spareIds.TryTake() : -1;
                if (NeedsProducerIdToFence(metadata) && freshId < 0)
                {
                    // It has been asked for, and is there by the next time.
                    continue;
                }

                logger.LogInformation("{TransactionalId}: its transaction has been open for more than {TimeoutMs} ms and is aborted", transactionalId, metadata.TimeoutMs);
                var prepared = Fenced(metadata, freshId);
                decided.Add(prepared);
                writing.Add(transactionalId, prepared);
                records.Add(TransactionLog.Record(prepared, options.TransactionVersion()));
            }
        }

        return new(records, records.Count, failure => decided.ForEach(prepared => BeginMarkers(prepared, failure)), IsAtomic: false);
    }

    /// <summary>Version 1: the epoch stays, so that a late request of the transaction before cannot be told from one of this.</summary>
    private CoordinatorResult<EndTransactionResult> EndVersion1(TransactionMetadata metadata, ProducerIdAndEpoch producer, bool commit)
    {
        var error = metadata.ProducerId != producer.ProducerId ? ErrorCode.InvalidProducerIdMapping
            : metadata.ProducerEpoch != producer.Epoch ? ErrorCode.ProducerFenced
            : metadata.State.IsPrepared() ? ErrorCode.ConcurrentTransactions
            : metadata.State == TransactionState.Ongoing || metadata.State == Completed(commit) ? ErrorCode.None
            : ErrorCode.InvalidTxnState;
        if (error != ErrorCode.None || metadata.State != TransactionState.Ongoing)
        {
            return Answer(EndTransactionResult.Failed(error));
        }

        var prepared = metadata.Prepare(commit, clientTransactionVersion: 0, nextProducerId: -1, NowMs);
        return WritePrepared(prepared, EndTransactionResult.Decided(prepared));
    }

    /// <summary>
    /// Version 2: each end raises the epoch. A request that bears the epoch before the present one was sent again and gets the answer that was lost; one with the present epoch is about a new
    /// transaction, and may abort it even when nothing was added to it, as the client cannot know whether something was.
    /// </summary>
    private CoordinatorResult<EndTransactionResult> EndVersion2(
        TransactionMetadata metadata, ProducerIdAndEpoch producer, bool commit, short clientTransactionVersion, ProducerId freshId)
    {
        if (metadata.State.IsPrepared())
        {
            return Answer(EndTransactionResult.Failed(ErrorCode.ConcurrentTransactions));
        }

        var isAgainInNewId = metadata.PreviousProducerId == producer.ProducerId && producer.Epoch == short.MaxValue - 1 && metadata.ProducerEpoch == 0;
        if (metadata.ProducerId != producer.ProducerId && !isAgainInNewId)
        {
            return Answer(EndTransactionResult.Failed(ErrorCode.InvalidProducerIdMapping));
        }

        var isPresent = producer.Epoch == metadata.ProducerEpoch;
        var isAgain = metadata.ProducerEpoch == producer.Epoch + 1 || isAgainInNewId;
        var isComplete = metadata.State is TransactionState.CompleteCommit or TransactionState.CompleteAbort;
        if (!isPresent && !(isComplete && isAgain))
        {
            return Answer(EndTransactionResult.Failed(ErrorCode.ProducerFenced));
        }

        if (isComplete && isAgain)
        {
            return Answer(metadata.State == Completed(commit)
                ? new EndTransactionResult(ErrorCode.None, metadata.ProducerId, metadata.ProducerEpoch)
                : EndTransactionResult.Failed(ErrorCode.InvalidTxnState));
        }

        if (commit && metadata.State != TransactionState.Ongoing)
        {
            return Answer(EndTransactionResult.Failed(ErrorCode.InvalidTxnState));
        }

        if (metadata.IsEpochExhausted && freshId < 0)
        {
            return Answer(EndTransactionResult.WithoutProducerId);
        }

        var prepared = metadata.Prepare(commit, clientTransactionVersion, metadata.IsEpochExhausted ? freshId : -1, NowMs);
        return WritePrepared(prepared, EndTransactionResult.Decided(prepared));
    }

    private bool IsTimedOut(TransactionMetadata metadata) =>
        metadata.State == TransactionState.Ongoing && !metadata.IsTwoPhaseCommit && metadata.StartTimestampMs + metadata.TimeoutMs < NowMs;

    private static TransactionState Completed(bool commit) => commit ? TransactionState.CompleteCommit : TransactionState.CompleteAbort;
}
