using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client;

/// <content>The sender's side: what may go, what must wait, what has waited too long.</content>
internal sealed partial class RecordAccumulator
{
    /// <summary>An answer of <see cref="WaitMs"/>: there is nothing to send.</summary>
    public const long NothingWaits = long.MaxValue;

    private const int IdleBatchesMax = 4096;

    /// <summary>Whether batches go out before they are full or old enough: somebody flushes, waits for memory, or ends a transaction, or the producer is being disposed.</summary>
    public bool IsHurried => _isClosed || Epochs.IsFlushing || Memory.IsExhausted;

    /// <summary>Moves the queues that got their first batch to the sender's own list.</summary>
    public void TakeListed(List<PartitionQueue> active)
    {
        while (_listed.TryDequeue(out PartitionQueue? queue))
        {
            active.Add(queue);
        }
    }

    /// <summary>
    /// How long the first batch of a queue should still wait, in ms; 0 when it may go now. When the queue is empty it counts as no longer listed, and the sender drops it.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="isHurried">Whether all goes out at once: a flush, the end, want of memory.</param>
    public long WaitMs(PartitionQueue queue, long nowMs, bool isHurried)
    {
        lock (queue.Gate)
        {
            queue.QueueLength = queue.Batches.Count;
            if (queue.Batches.First is not { } first)
            {
                queue.IsListed = false;
                return NothingWaits;
            }

            if (first.Attempts > 0)
            {
                // A new leader is worth an attempt at once (KIP-951).
                bool hasNewLeader = queue.LeaderEpoch > first.AttemptLeaderEpoch && queue.LeaderId >= 0 && first.AttemptLeaderEpoch >= 0;
                return hasNewLeader ? 0 : Math.Max(0, first.RetriedMs + BackoffMs(first.Attempts) - nowMs);
            }

            return isHurried || queue.Batches.Count > 1 || first.IsFull ? 0 : Math.Max(0, first.CreatedMs + settings.LingerMs - nowMs);
        }
    }

    /// <summary>The first batch of a queue, which stays there; null when there is none.</summary>
    public static ProducerBatch? PeekFirst(PartitionQueue queue)
    {
        lock (queue.Gate)
        {
            return queue.Batches.First;
        }
    }

    /// <summary>Takes the first batch out to send it: no record comes to it any more.</summary>
    public static ProducerBatch TakeFirst(PartitionQueue queue)
    {
        lock (queue.Gate)
        {
            ProducerBatch batch = queue.Batches.RemoveFirst();
            batch.IsClosed = true;
            queue.QueueLength = queue.Batches.Count;
            return batch;
        }
    }

    /// <summary>Puts a batch back to be sent again.</summary>
    public void PutBack(ProducerBatch batch, long nowMs)
    {
        PartitionQueue queue = batch.Queue;
        batch.RetriedMs = nowMs;
        lock (queue.Gate)
        {
            queue.Batches.InsertByOrder(batch);
            List(queue);
        }
    }

    /// <summary>
    /// Puts the parts of a batch that was too large in its place; they have the same sequences, and its deliveries. The batch itself is recycled. Its memory is given back, that of the parts
    /// does not count, as waiting for it could not end.
    /// </summary>
    public List<ProducerBatch> Split(ProducerBatch batch, long nowMs)
    {
        PartitionQueue queue = batch.Queue;
        List<ProducerBatch> parts = BatchSplitter.Split(batch);
        foreach (ProducerBatch part in parts)
        {
            Epochs.EnterAgain(batch.Epoch);
            part.RetriedMs = nowMs;
        }

        if (batch.HasSequence)
        {
            queue.Sequences.Replace(batch, parts);
        }

        lock (queue.Gate)
        {
            for (int i = parts.Count - 1; i >= 0; i--)
            {
                queue.Batches.InsertByOrder(parts[i]);
            }

            List(queue);
        }

        queue.Topic.CompressionRatio = 1;
        Recycle(batch);
        return parts;
    }

    /// <summary>Takes out the batches of a queue that are older than <c>delivery.timeout.ms</c>; returns when the next one will be, in ms.</summary>
    public long TakeExpired(PartitionQueue queue, long nowMs, List<ProducerBatch> expired)
    {
        lock (queue.Gate)
        {
            while (queue.Batches.First is { } first)
            {
                long dueMs = first.CreatedMs + settings.DeliveryTimeoutMs;
                if (dueMs > nowMs)
                {
                    return dueMs;
                }

                first.IsClosed = true;
                expired.Add(queue.Batches.RemoveFirst());
            }

            return NothingWaits;
        }
    }

    /// <summary>Takes out all batches that wait, or of a transaction that is aborted only those that were never sent.</summary>
    public void TakeAll(List<ProducerBatch> taken, bool isOnlyUnsent)
    {
        foreach (TopicQueues topic in Topics)
        {
            foreach (PartitionQueue queue in topic.Partitions)
            {
                lock (queue.Gate)
                {
                    for (ProducerBatch? batch = queue.Batches.First; batch is not null;)
                    {
                        ProducerBatch? next = batch.Next;
                        if (!isOnlyUnsent || batch.Attempts == 0)
                        {
                            batch.IsClosed = true;
                            queue.Batches.Remove(batch);
                            taken.Add(batch);
                        }

                        batch = next;
                    }
                }
            }
        }
    }

    /// <summary>The batch is done and its records have been told: memory and object are used again.</summary>
    public void Recycle(ProducerBatch batch)
    {
        FlushEpoch epoch = batch.Epoch;
        bool isCounted = !batch.IsSplit;
        byte[] buffer = batch.Release();
        if (isCounted)
        {
            Memory.Return(buffer);
        }

        if (_idle.Count < IdleBatchesMax)
        {
            _idle.Enqueue(batch);
        }

        Epochs.Leave(epoch);
    }

    /// <summary>The wait before the next attempt: it doubles, with a fifth of chance around it.</summary>
    internal long BackoffMs(int attempts)
    {
        double wait = settings.RetryBackoffMs * Math.Pow(2, Math.Min(attempts - 1, 30));
        wait = Math.Min(wait, settings.RetryBackoffMsMax);
        return (long)wait;
    }

    private void List(PartitionQueue queue)
    {
        Invariant.That(!queue.Batches.Last!.IsDone);
        queue.QueueLength = queue.Batches.Count;
        if (!queue.IsListed)
        {
            queue.IsListed = true;
            _listed.Enqueue(queue);
        }
    }
}
