using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// Tells which transactional batches of an answer were aborted, as the batches come in the order of their offsets (read_committed): the answer lists where aborted transactions begin, and
/// their markers where they end.
/// </summary>
internal sealed class AbortedTransactions
{
    private readonly List<FetchResponse.AbortedTransaction> _ahead;
    private readonly HashSet<long> _open = [];
    private int _next;

    public AbortedTransactions(List<FetchResponse.AbortedTransaction> aborted)
    {
        _ahead = aborted;
        _ahead.Sort((a, b) => a.FirstOffset.Value.CompareTo(b.FirstOffset.Value));
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
