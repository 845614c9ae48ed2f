using Microsoft.Extensions.Logging;

namespace Moldau.Client;

/// <content>
/// Batches that were sent, whose answer was lost, and that the broker then found out of order although they are the next. A broker that was killed remembers only the last batch of a producer, so
/// they may all be in its log: that it takes a batch behind them, or knows it, proves it. They wait aside while that is tried. Without this, a new epoch would write them twice.
/// </content>
internal sealed partial class Sender
{
    private readonly List<PartitionQueue> _suspected = [];

    /// <summary>Puts the batch aside when one behind it can tell. When it was the last and none could, there is a gap, and all of them go again under a new epoch.</summary>
    private bool IsSuspect(ProducerBatch batch, long nowMs)
    {
        PartitionQueue queue = batch.Queue;
        PartitionSequences sequences = queue.Sequences;
        if (Idempotence.MayBeWritten(batch))
        {
            sequences.Suspects.Add(batch);
            if (!_suspected.Contains(queue))
            {
                _suspected.Add(queue);
            }

            return true;
        }

        if (sequences.Suspects.Count > 0 && sequences.IsFirst(batch))
        {
            ReturnSuspects(queue, nowMs);
            Idempotence.GapFound(queue);
        }

        return false;
    }

    /// <summary>One behind them is in the log: so are they, at offsets that the broker has forgotten.</summary>
    private void FinishSuspects(PartitionQueue queue)
    {
        foreach (ProducerBatch suspect in queue.Sequences.Suspects)
        {
            IdempotentState.Succeeded(suspect, -1);
            Finish(suspect, DeliveryOutcome.Success(-1, -1));
        }

        queue.Sequences.Suspects.Clear();
    }

    private void ReturnSuspects(PartitionQueue queue, long nowMs)
    {
        foreach (ProducerBatch suspect in queue.Sequences.Suspects)
        {
            _accumulator.PutBack(suspect, nowMs);
        }

        queue.Sequences.Suspects.Clear();
    }

    /// <summary>Puts those back that are too old, to be given up with the others; returns when to look again.</summary>
    private long ExpireSuspects(long nowMs)
    {
        long timeoutMs = _accumulator.Settings.DeliveryTimeoutMs;
        long nextMs = nowMs + timeoutMs;
        for (int i = _suspected.Count - 1; i >= 0; i--)
        {
            PartitionQueue queue = _suspected[i];
            if (queue.Sequences.Suspects.Count > 0 && queue.Sequences.Suspects[0].CreatedMs + timeoutMs <= nowMs)
            {
                ReturnSuspects(queue, nowMs);
                nextMs = nowMs + 1;
            }

            if (queue.Sequences.Suspects.Count == 0)
            {
                _suspected.RemoveAt(i);
            }
            else
            {
                nextMs = Math.Min(nextMs, queue.Sequences.Suspects[0].CreatedMs + timeoutMs);
            }
        }

        return nextMs;
    }

    [LoggerMessage(4, LogLevel.Warning, "{Partition}: the answer to sequence {Sequence} was lost, and the broker finds it out of order now: whether it was written will show by the batches behind it")]
    private static partial void LogSuspect(ILogger log, PartitionQueue partition, int sequence);
}
