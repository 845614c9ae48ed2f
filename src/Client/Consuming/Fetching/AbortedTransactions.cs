using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// Tells which transactional batches of an answer were aborted, as the batches come in the order of their offsets (read_committed): the answer lists where aborted transactions begin, and
/// their markers where they end. Used again for each answer; one thread at a time.
/// </summary>
internal sealed class AbortedTransactions
{
    private static readonly Comparison<(long ProducerId, long FirstOffset)> ByOffset = static (left, right) => left.FirstOffset.CompareTo(right.FirstOffset);

    private readonly List<(long ProducerId, long FirstOffset)> _ahead = [];
    private readonly HashSet<long> _open = [];
    private int _next;

    /// <summary>Begins with another answer.</summary>
    public void Begin(AbortedTransactionsView aborted)
    {
        _ahead.Clear();
        _open.Clear();
        _next = 0;
        foreach (var (producerId, firstOffset) in aborted)
        {
            _ahead.Add((producerId.Value, firstOffset.Value));
        }

        _ahead.Sort(ByOffset);
    }

    /// <summary>Whether the batch is to be left out; call it for each batch, control batches included.</summary>
    public bool IsAborted(RecordBatchHeader batch)
    {
        for (; _next < _ahead.Count && _ahead[_next].FirstOffset <= batch.LastOffset; _next++)
        {
            _open.Add(_ahead[_next].ProducerId);
        }

        if (batch.IsControl)
        {
            if (IsAbortMarker(batch))
            {
                _open.Remove(batch.ProducerId);
            }

            return false;
        }

        return batch.IsTransactional && _open.Contains(batch.ProducerId);
    }

    private static bool IsAbortMarker(RecordBatchHeader batch)
    {
        if (batch.RecordsCount == 0)
        {
            return false;
        }

        var reader = RecordReader.OpenPlain(batch);
        return reader.MoveNext() && ControlRecords.TryReadMarker(reader.Current, out var marker) && !marker.IsCommit;
    }
}
