using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// The rules of the idempotent producer (KIP-98, KIP-360): which batch may be sent, with which sequence, which failures are tried again, and when the epoch must rise so that
/// nothing is lost or doubled. Pure state of the sender's loop; no IO.
/// </summary>
/// <param name="isTransactional">With a transactional id the epoch is the coordinator's: where it must rise, the transaction has to be aborted.</param>
internal sealed class IdempotentState(bool isTransactional)
{
    private readonly List<PartitionQueue> _toRestart = [];
    private readonly List<PartitionQueue> _unresolved = [];

    /// <summary>Id and epoch; not valid until the broker has given them.</summary>
    public ProducerIdentity Identity { get; private set; } = ProducerIdentity.None;

    /// <summary>Whether the epoch must rise before anything new is sent.</summary>
    public bool NeedsEpochBump { get; private set; }

    /// <summary>Takes the id and epoch that a broker gave.</summary>
    public void Begin(ProducerIdentity identity)
    {
        Identity = identity;
        NeedsEpochBump = false;
        Restart();
    }

    /// <summary>Whether the first batch of a queue may be sent now.</summary>
    public bool MaySend(PartitionQueue queue, ProducerBatch first)
    {
        PartitionSequences sequences = queue.Sequences;
        if (!Identity.IsValid)
        {
            return false;
        }

        if (first.HasSequence)
        {
            // What failed goes again one at a time, so that it cannot overtake itself.
            return sequences.IsFirst(first);
        }

        // Brokers remember the last five batches: no new ones may push out one that is being sent again.
        bool isRepeating = sequences.InFlight.Count > 0 && sequences.InFlight[0].Attempts > 1;

        // A new epoch begins at sequence 0: what is on its way under the old one must have ended. And a broker that knows nothing of the producer yet takes any sequence for the first: were the
        // second batch on its way when the first is refused, as the leader has just been elected, it would be written before it, and the first be out of order for ever.
        return !isRepeating && (sequences.InFlight.Count == 0 || (sequences.Identity == Identity && sequences.IsKnownToBroker)) && sequences.UnresolvedNext is null;
    }

    /// <summary>Gives a batch that was taken out of the queue its sequence, when it has none.</summary>
    public void Prepare(PartitionQueue queue, ProducerBatch batch)
    {
        if (batch.HasSequence)
        {
            return;
        }

        if (queue.Sequences.Identity != Identity)
        {
            queue.Sequences.Begin(Identity);
        }

        queue.Sequences.Assign(batch, isTransactional);
    }

    /// <summary>Whether a batch that failed with this error is sent again. <paramref name="logStartOffset"/> is the response's; -1 when it has none.</summary>
    public bool IsRetriable(ProducerBatch batch, ErrorCode error, long logStartOffset)
    {
        PartitionQueue queue = batch.Queue;
        PartitionSequences sequences = queue.Sequences;
        if (error == ErrorCode.UnknownProducerId)
        {
            if (logStartOffset == -1 || batch.SequenceHasBeenReset)
            {
                return true;
            }

            if (sequences.LastAcknowledgedOffset < logStartOffset)
            {
                // Retention has taken the producer's last records, and its state with them.
                if (isTransactional)
                {
                    sequences.Restart(Identity);
                }
                else
                {
                    RequestRestart(queue);
                }

                return true;
            }

            if (!isTransactional)
            {
                RequestRestart(queue);
                return true;
            }

            return false;
        }

        if (error == ErrorCode.OutOfOrderSequenceNumber)
        {
            int? unresolved = sequences.UnresolvedNext;
            if (unresolved is null && (batch.SequenceHasBeenReset || !sequences.IsNext(batch.BaseSequence)))
            {
                // One before it failed and will come again.
                return true;
            }

            if (!isTransactional)
            {
                if (unresolved is null || unresolved == batch.BaseSequence)
                {
                    RequestRestart(queue);
                }

                return true;
            }

            return false;
        }

        return error.IsRetriable();
    }

    /// <summary>
    /// Whether an answer that the batch is out of order means that it was written long ago: one behind it has been acknowledged, which a broker does only when it has all before. It has
    /// forgotten where the batch lies.
    /// </summary>
    public static bool IsWritten(ProducerBatch batch, ErrorCode error) =>
        error == ErrorCode.DuplicateSequenceNumber || (error == ErrorCode.OutOfOrderSequenceNumber && batch.Queue.Sequences.HasPassed(batch));

    /// <summary>
    /// Whether a batch that is next, was sent before and is out of order now may be in the log all the same, with those behind it that were sent, too: then one of these shall tell.
    /// </summary>
    public bool MayBeWritten(ProducerBatch batch)
    {
        PartitionSequences sequences = batch.Queue.Sequences;
        return !sequences.HasGap && sequences.UnresolvedNext is null && batch.Attempts > 1 && sequences.Identity == Identity && batch.ProducerEpoch == Identity.Epoch
            && sequences.IsFirst(batch) && sequences.InFlight.Count > sequences.Suspects.Count + 1 && sequences.IsNext(sequences.InFlight[0].BaseSequence);
    }

    /// <summary>None of the batches in flight is in the log: there is a gap before them.</summary>
    public void GapFound(PartitionQueue queue)
    {
        queue.Sequences.HasGap = true;
        if (!isTransactional)
        {
            RequestRestart(queue);
        }
    }

    /// <summary>The broker has the batch.</summary>
    public static void Succeeded(ProducerBatch batch, long baseOffset) => batch.Queue.Sequences.Acknowledge(batch, baseOffset);

    /// <summary>
    /// The batch was refused for good. With <paramref name="isSurelyNotWritten"/> the broker has none of it, and those behind it close the gap; else the epoch must rise.
    /// </summary>
    public void Failed(ProducerBatch batch, ErrorCode error, bool isSurelyNotWritten)
    {
        PartitionQueue queue = batch.Queue;
        queue.Sequences.Forget(batch);
        if (!batch.HasSequence)
        {
            return;
        }

        if (isTransactional && error == ErrorCode.UnknownProducerId && queue.Sequences.InFlight.Count == 0)
        {
            queue.Sequences.Begin(Identity);
        }
        else if (isTransactional && isSurelyNotWritten && error != ErrorCode.UnknownProducerId)
        {
            queue.Sequences.CloseGap(batch);
        }
        else if (!isTransactional && (isSurelyNotWritten || error == ErrorCode.OutOfOrderSequenceNumber))
        {
            RequestRestart(queue);
        }

        NeedsEpochBump |= isTransactional;
    }

    /// <summary>The batch was given up by time. When it had been sent, what is behind it must wait until it shows whether the broker has it.</summary>
    public void Expired(ProducerBatch batch)
    {
        batch.Queue.Sequences.Forget(batch);
        if (batch.HasSequence)
        {
            batch.Queue.Sequences.MarkUnresolved(batch);
            if (!_unresolved.Contains(batch.Queue))
            {
                _unresolved.Add(batch.Queue);
            }
        }
    }

    /// <summary>
    /// Once in a round of the sender: looks at what was in doubt, and lets the epoch rise where that is this producer's own affair. False when the producer needs a new id.
    /// </summary>
    /// <param name="isInDoubt">True when a transaction has records that may or may not have been written: it must be aborted.</param>
    public bool Settle(out bool isInDoubt)
    {
        isInDoubt = false;
        for (int i = _unresolved.Count - 1; i >= 0; i--)
        {
            PartitionQueue queue = _unresolved[i];
            if (queue.Sequences.UnresolvedNext is not null && queue.Sequences.InFlight.Count > 0)
            {
                continue;
            }

            _unresolved.RemoveAt(i);
            if (queue.Sequences.UnresolvedNext is null || queue.Sequences.Resolve())
            {
                continue;
            }

            if (isTransactional)
            {
                isInDoubt = true;
                NeedsEpochBump = true;
            }
            else
            {
                RequestRestart(queue);
            }
        }

        if (NeedsEpochBump && !isTransactional && Identity.IsValid)
        {
            BumpEpoch();
        }

        return Identity.IsValid;
    }

    private void RequestRestart(PartitionQueue queue)
    {
        NeedsEpochBump = true;
        if (!_toRestart.Contains(queue))
        {
            _toRestart.Add(queue);
        }
    }

    private void BumpEpoch()
    {
        Invariant.That(!isTransactional);
        NeedsEpochBump = false;
        if (Identity.Epoch == short.MaxValue)
        {
            // The restarts happen when the new id is there.
            Identity = ProducerIdentity.None;
            return;
        }

        Identity = Identity with { Epoch = (short)(Identity.Epoch + 1) };
        Restart();
    }

    private void Restart()
    {
        foreach (PartitionQueue queue in _toRestart)
        {
            queue.Sequences.Restart(Identity);
            _unresolved.Remove(queue);
        }

        _toRestart.Clear();
    }
}
