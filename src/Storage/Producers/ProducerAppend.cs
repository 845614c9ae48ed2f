using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Storage;

/// <summary>
/// Checks the batches of one producer within one append and works out its state after them; nothing is changed until the append has been written. Reused
/// from append to append.
/// </summary>
internal sealed class ProducerAppend
{
    private const short NoEpoch = -1;
    private readonly ProducerStateEntry updated = new(-1);
    private readonly List<OpenTransaction> started = [];
    private TopicPartition partition;
    private ProducerStateEntry? current;
    private AppendSource origin;
    private VerificationState? verification;

    public long ProducerId => updated.ProducerId;

    /// <summary>The state after the batches so far.</summary>
    public ProducerStateEntry Updated => updated;

    public IReadOnlyList<OpenTransaction> Started => started;

    /// <summary>
    /// Whether what is being verified is settled by these batches: with its first record, or its end, a transaction needs no verification. A marker of version 2 bears the epoch in which the
    /// producer goes on, and a verification of that epoch is of the next transaction, whose first batch has come before the marker was written: that one stays.
    /// </summary>
    public bool EndsVerification { get; private set; }

    /// <summary>Why the last check failed.</summary>
    public string? Message { get; private set; }

    public void Begin(TopicPartition topicPartition, long producerId, ProducerStateEntry? currentEntry, AppendSource appendOrigin,
        VerificationState? verificationState)
    {
        partition = topicPartition;
        current = currentEntry;
        origin = appendOrigin;
        verification = verificationState;
        updated.Continue(producerId, currentEntry);
        started.Clear();
        EndsVerification = false;
        Message = null;
    }

    /// <summary>A data batch.</summary>
    public ErrorCode Append(in BatchHeader batch, LogOffsetMetadata firstOffset)
    {
        var error = CheckEpoch(batch.ProducerEpoch, batch.BaseOffset, transactionVersion: -1);
        if (error == ErrorCode.None && origin == AppendSource.Client)
        {
            error = CheckSequence(batch.ProducerEpoch, batch.BaseSequence, batch.BaseOffset);
        }

        if (error != ErrorCode.None)
        {
            return error;
        }

        if (updated.HasTransaction && !batch.IsTransactional)
        {
            Message = $"Producer {ProducerId} has an open transaction on {partition}, but its batch at offset {batch.BaseOffset} is not transactional";
            return ErrorCode.InvalidTxnState;
        }

        EndsVerification |= batch.IsTransactional;
        updated.AddBatch(batch.ProducerEpoch, new ProducerBatch(batch.LastSequence, batch.LastOffset, (int)(batch.LastOffset - batch.BaseOffset),
            batch.MaxTimestamp));
        if (!updated.HasTransaction && batch.IsTransactional)
        {
            updated.BeginTransaction(batch.BaseOffset);
            started.Add(new OpenTransaction(ProducerId, firstOffset));
        }

        return ErrorCode.None;
    }

    /// <summary>A marker. <paramref name="completed"/> is set when it ends a transaction that has records here.</summary>
    public ErrorCode AppendMarker(in BatchHeader batch, TransactionMarker marker, short transactionVersion, out CompletedTransaction? completed)
    {
        completed = null;
        var error = CheckEpoch(batch.ProducerEpoch, batch.BaseOffset, transactionVersion);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (updated.CoordinatorEpoch > marker.CoordinatorEpoch && origin != AppendSource.Replication)
        {
            Message = $"The marker for producer {ProducerId} at offset {batch.BaseOffset} in {partition} "
                + $"comes from coordinator epoch {marker.CoordinatorEpoch}, but epoch {updated.CoordinatorEpoch} has written one already";
            return ErrorCode.TransactionCoordinatorFenced;
        }

        if (updated.HasTransaction)
        {
            completed = new CompletedTransaction(ProducerId, updated.CurrentTransactionFirstOffset, batch.BaseOffset, marker.IsAbort);
        }

        EndsVerification |= transactionVersion < 2 || verification is null || verification.Epoch < batch.ProducerEpoch;
        updated.EndTransaction(batch.ProducerEpoch, marker.CoordinatorEpoch, marker.Timestamp);
        return ErrorCode.None;
    }

    /// <summary>
    /// An epoch never falls. Under transactions version 2 each transaction has its own epoch: a marker must bring a higher one,
    /// but for the same marker sent again after its transaction has ended, and for the last epoch there is.
    /// </summary>
    private ErrorCode CheckEpoch(short epoch, long offset, short transactionVersion)
    {
        var known = updated.ProducerEpoch;
        var bumps = transactionVersion >= 2;
        var isStale = bumps ? epoch <= known : epoch < known;
        if (!isStale || (bumps && epoch == known && (!updated.HasTransaction || epoch == short.MaxValue)) || origin == AppendSource.Replication)
        {
            return ErrorCode.None;
        }

        Message = $"Epoch {epoch} of producer {ProducerId} at offset {offset} in {partition} is {(bumps ? "not above" : "below")} the last one seen, {known}";
        return ErrorCode.InvalidProducerEpoch;
    }

    private ErrorCode CheckSequence(short epoch, int firstSequence, long offset)
    {
        if (verification is { SupportsEpochBump: true } && firstSequence != 0 && (current is null || current.IsEmpty))
        {
            return OutOfOrder(offset, $"the first batch of a producer that is not known here must have sequence 0, this has {firstSequence}");
        }

        if (verification is not null && firstSequence > verification.LowestSequence)
        {
            return OutOfOrder(offset, $"sequence {firstSequence} came while a batch with the lower sequence {verification.LowestSequence} is being verified");
        }

        if (epoch != updated.ProducerEpoch)
        {
            return firstSequence != 0 && updated.ProducerEpoch != NoEpoch
                ? OutOfOrder(offset, $"the new epoch {epoch} (the last was {updated.ProducerEpoch}) begins with sequence {firstSequence}, it must begin with 0")
                : ErrorCode.None;
        }

        var last = !updated.IsEmpty ? updated.LastSequence
            : current is not null && epoch == current.ProducerEpoch ? current.LastSequence
            : -1;
        var isNext = firstSequence == last + 1L || (firstSequence == 0 && last == int.MaxValue);
        return current is null || current.ProducerEpoch == NoEpoch || isNext
            ? ErrorCode.None
            : OutOfOrder(offset, $"sequence {firstSequence} does not follow {last}");
    }

    private ErrorCode OutOfOrder(long offset, string why)
    {
        Message = $"Out of order sequence number for producer {ProducerId} at offset {offset} in {partition}: {why}";
        return ErrorCode.OutOfOrderSequenceNumber;
    }
}
