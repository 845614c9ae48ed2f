using Moldau.Records;

namespace Moldau.Storage;

/// <summary>
/// Follows the transactions of a log while a compaction walks over its batches: which of them were aborted, and whether the data of a marker are all gone, so that the marker may go too.
/// Aborted transactions whose marker stays go to the index of the new segment. One thread at a time.
/// </summary>
internal sealed class CleanedTransactions(RecordDecompressor decompressor)
{
    private readonly HashSet<long> committed = [];
    private readonly Dictionary<long, (AbortedTransaction Transaction, bool HasData)> aborted = [];
    private readonly PriorityQueue<AbortedTransaction, long> known = new();

    /// <summary>Where the aborted transactions that stay are written; null while keys are only collected.</summary>
    public TransactionIndex? Index { get; set; }

    /// <summary>Takes note of the aborted transactions of a stretch of the log that is walked over next.</summary>
    public void Add(IReadOnlyList<AbortedTransaction> transactions)
    {
        foreach (var transaction in transactions)
        {
            known.Enqueue(transaction, transaction.FirstOffset);
        }
    }

    /// <summary>A batch of data: true when its transaction was aborted.</summary>
    public bool OnData(RecordBatchHeader batch)
    {
        BeginUpTo(batch.LastOffset);
        if (!batch.IsTransactional)
        {
            return false;
        }

        if (aborted.TryGetValue(batch.ProducerId, out var entry))
        {
            aborted[batch.ProducerId] = entry with { HasData = true };
            return true;
        }

        committed.Add(batch.ProducerId);
        return false;
    }

    /// <summary>A control batch: true when no data of its transaction are left, so that it may go. Throws <see cref="RecordException"/>.</summary>
    public bool OnControl(RecordBatchHeader batch)
    {
        BeginUpTo(batch.LastOffset);
        var records = RecordReader.Open(batch, decompressor);
        if (!records.MoveNext())
        {
            return true;
        }

        switch (ControlRecords.TypeOf(in records.Current))
        {
            case ControlRecordType.Abort:
                if (!aborted.Remove(batch.ProducerId, out var entry) || !entry.HasData)
                {
                    return true;
                }

                Index?.Append(entry.Transaction);
                return false;
            case ControlRecordType.Commit:
                return !committed.Remove(batch.ProducerId);
            default:
                return false;
        }
    }

    private void BeginUpTo(long offset)
    {
        while (known.TryPeek(out var next, out var firstOffset) && firstOffset <= offset)
        {
            known.Dequeue();
            aborted.TryAdd(next.ProducerId, (next, HasData: false));
        }
    }
}
