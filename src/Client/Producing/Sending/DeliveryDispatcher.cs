using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Moldau.Client;

/// <summary>
/// Tells whoever waits how records ended. What was awaited goes on on the thread pool. A delivery handler is called on one thread of the pool at a time, in the order in which batches
/// ended, and never by the sender's loop; the memory of a batch is held until its handler has run, so that a slow handler slows the producer down.
/// </summary>
internal sealed partial class DeliveryDispatcher(DeliveryHandler? handler, RecordAccumulator accumulator, ILoggerFactory logging) : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<(ProducerBatch Batch, DeliveryOutcome? Outcome)> _queue = new();
    private readonly ILogger _log = logging.CreateLogger<DeliveryDispatcher>();
    private int _pending;

    /// <summary>Tells all records of a batch. Called by the sender, once for each batch.</summary>
    public void Deliver(ProducerBatch batch, in DeliveryOutcome outcome)
    {
        if (handler is null)
        {
            Complete(batch, in outcome);
        }
        else
        {
            Enqueue(batch, outcome);
        }
    }

    /// <summary>Gives the batch back when all that was said of it has been told. Called by the sender.</summary>
    public void Release(ProducerBatch batch)
    {
        if (handler is null)
        {
            accumulator.Recycle(batch);
        }
        else
        {
            Enqueue(batch, null);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        do
        {
            if (_queue.TryDequeue(out (ProducerBatch Batch, DeliveryOutcome? Outcome) item))
            {
                if (item.Outcome is { } outcome)
                {
                    Complete(item.Batch, in outcome);
                    Report(item.Batch, in outcome);
                }
                else
                {
                    accumulator.Recycle(item.Batch);
                }
            }
        }
        while (Interlocked.Decrement(ref _pending) > 0);
    }

    private void Enqueue(ProducerBatch batch, DeliveryOutcome? outcome)
    {
        _queue.Enqueue((batch, outcome));
        if (Interlocked.Increment(ref _pending) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private static void Complete(ProducerBatch batch, in DeliveryOutcome outcome)
    {
        foreach (Delivery delivery in batch.Deliveries)
        {
            if (outcome.FailureOf(delivery.Index) is { } failure)
            {
                delivery.Fail(failure);
                continue;
            }

            delivery.Succeed(new RecordMetadata(
                batch.Queue.Topic.Name,
                batch.Queue.Partition,
                outcome.BaseOffset < 0 ? -1 : outcome.BaseOffset + delivery.Index,
                outcome.LogAppendTimeMs >= 0 ? outcome.LogAppendTimeMs : delivery.Timestamp));
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The handler is the application's: what it throws is logged and must not stop the reports that follow.")]
    private void Report(ProducerBatch batch, in DeliveryOutcome outcome)
    {
        foreach (BatchRecord record in new BatchRecords(batch))
        {
            try
            {
                handler!(new DeliveryReport(batch.Queue.Topic.Name, batch.Queue.Partition, record, in outcome));
            }
            catch (Exception thrown)
            {
                LogHandler(_log, thrown);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "the delivery handler threw an exception")]
    private static partial void LogHandler(ILogger log, Exception thrown);
}
