using Moldau.Core;

namespace Moldau.Storage;

/// <summary>
/// What a partition knows of one producer: its epoch, its last five batches, and its open transaction. Written by the partition's writer only.
/// </summary>
public sealed class ProducerStateEntry
{
    /// <summary>A producer may have so many batches in flight; so many can be recognised when they are sent again.</summary>
    public const int BatchesRetained = 5;

    /// <summary>No transaction.</summary>
    public const long NoTransaction = -1;

    private readonly ProducerBatch[] batches = new ProducerBatch[BatchesRetained];
    private int first;

    public ProducerStateEntry(long producerId) => ProducerId = producerId;

    public long ProducerId { get; private set; }

    /// <summary>-1 when nothing has been seen yet.</summary>
    public short ProducerEpoch { get; private set; } = -1;

    /// <summary>The epoch of the transaction coordinator that wrote the last marker; -1 for none.</summary>
    public int CoordinatorEpoch { get; private set; } = -1;

    /// <summary>Milliseconds; the largest timestamp of the last batch or the timestamp of the last marker.</summary>
    public long LastTimestamp { get; private set; } = -1;

    /// <summary>The first offset of the open transaction, or <see cref="NoTransaction"/>.</summary>
    public long CurrentTransactionFirstOffset { get; private set; } = NoTransaction;

    public bool HasTransaction => CurrentTransactionFirstOffset >= 0;

    /// <summary>How many batches are remembered.</summary>
    public int BatchCount { get; private set; }

    public bool IsEmpty => BatchCount == 0;

    public int FirstSequence => IsEmpty ? -1 : Batch(0).FirstSequence;

    public int LastSequence => IsEmpty ? -1 : Batch(BatchCount - 1).LastSequence;

    public long FirstDataOffset => IsEmpty ? -1 : Batch(0).FirstOffset;

    public long LastDataOffset => IsEmpty ? -1 : Batch(BatchCount - 1).LastOffset;

    public int LastOffsetDelta => IsEmpty ? 0 : Batch(BatchCount - 1).OffsetDelta;

    /// <summary>The remembered batch number <paramref name="index"/>, oldest first.</summary>
    public ProducerBatch Batch(int index)
    {
        Invariant.That(index >= 0 && index < BatchCount);
        return batches[(first + index) % BatchesRetained];
    }

    /// <summary>The remembered batch with exactly these sequences under the same epoch: a batch that is sent again.</summary>
    public bool TryFindDuplicate(short epoch, int firstSequence, int lastSequence, out ProducerBatch duplicate)
    {
        for (var i = 0; epoch == ProducerEpoch && i < BatchCount; i++)
        {
            duplicate = Batch(i);
            if (duplicate.FirstSequence == firstSequence && duplicate.LastSequence == lastSequence)
            {
                return true;
            }
        }

        duplicate = default;
        return false;
    }

    /// <summary>Makes this an entry for <paramref name="producerId"/> that continues <paramref name="current"/>, without its batches.</summary>
    internal void Continue(long producerId, ProducerStateEntry? current)
    {
        ProducerId = producerId;
        BatchCount = 0;
        first = 0;
        ProducerEpoch = current?.ProducerEpoch ?? -1;
        CoordinatorEpoch = current?.CoordinatorEpoch ?? -1;
        LastTimestamp = current?.LastTimestamp ?? -1;
        CurrentTransactionFirstOffset = current?.CurrentTransactionFirstOffset ?? NoTransaction;
    }

    internal void Restore(short epoch, int coordinatorEpoch, long lastTimestamp, long transactionFirstOffset, ProducerBatch? batch)
    {
        ProducerEpoch = epoch;
        CoordinatorEpoch = coordinatorEpoch;
        LastTimestamp = lastTimestamp;
        CurrentTransactionFirstOffset = transactionFirstOffset >= 0 ? transactionFirstOffset : NoTransaction;
        if (batch is { } known)
        {
            Add(known);
        }
    }

    internal void AddBatch(short epoch, ProducerBatch batch)
    {
        BeginEpoch(epoch);
        Add(batch);
        LastTimestamp = batch.Timestamp;
    }

    internal void BeginTransaction(long firstOffset) => CurrentTransactionFirstOffset = firstOffset;

    /// <summary>A marker ends the transaction. The last batches stay known unless the marker has a new epoch.</summary>
    internal void EndTransaction(short epoch, int coordinatorEpoch, long timestamp)
    {
        BeginEpoch(epoch);
        CoordinatorEpoch = coordinatorEpoch;
        LastTimestamp = timestamp;
        CurrentTransactionFirstOffset = NoTransaction;
    }

    /// <summary>Takes over what an append has done.</summary>
    internal void Merge(ProducerStateEntry next)
    {
        BeginEpoch(next.ProducerEpoch);
        for (var i = 0; i < next.BatchCount; i++)
        {
            Add(next.Batch(i));
        }

        CoordinatorEpoch = next.CoordinatorEpoch;
        CurrentTransactionFirstOffset = next.CurrentTransactionFirstOffset;
        LastTimestamp = next.LastTimestamp;
    }

    private void BeginEpoch(short epoch)
    {
        if (ProducerEpoch != epoch)
        {
            BatchCount = 0;
            first = 0;
            ProducerEpoch = epoch;
        }
    }

    private void Add(ProducerBatch batch)
    {
        if (BatchCount == BatchesRetained)
        {
            first = (first + 1) % BatchesRetained;
            BatchCount--;
        }

        batches[(first + BatchCount) % BatchesRetained] = batch;
        BatchCount++;
    }
}
