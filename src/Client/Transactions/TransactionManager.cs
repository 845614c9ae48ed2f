using System.Collections.Concurrent;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>
/// The transactions of a producer with a transactional id (KIP-98, KIP-360, KIP-447, KIP-890 in both versions). The application's calls run in the application's own tasks, one at a time; the sender's
/// loop asks which partitions may be written and tells of batches that failed.
/// </summary>
internal sealed partial class TransactionManager(
    string transactionalId, TransactionSettings settings, ClusterClient cluster, RecordAccumulator accumulator, Sender sender)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<PartitionQueue> _announced = new();
    private readonly Backoff _backoff = new(settings.RetryBackoff, settings.RetryBackoffMax, cluster.Options.Seams.Entropy);
    private TransactionPhase _phase = TransactionPhase.Uninitialized;
    private TransactionException? _failure;
    private ProducerIdentity _identity = ProducerIdentity.None;
    private readonly TransactionException _aborted = new(ErrorCode.TransactionAbortable, "the transaction was aborted before the record was sent", isFatal: false);
    private Task? _announcing;
    private Task? _running;
    private long _number;
    private bool _isStarted;
    private bool _isVersion2Next;

    /// <summary>Whether partitions need not be announced, and each transaction has an epoch of its own (KIP-890). Set when a transaction begins.</summary>
    public bool IsVersion2 { get; private set; }

    /// <summary>Whether the producer can do no more.</summary>
    public bool IsFatal => _phase == TransactionPhase.FatalError;

    /// <summary>Why the open transaction, or the producer, cannot go on; null when it can.</summary>
    public TransactionException? Failure => Volatile.Read(ref _failure);

    /// <summary>Why records that were not sent will not be: the transaction has failed, or is being aborted. Null when they will.</summary>
    public TransactionException? Refusal => Failure ?? (_phase == TransactionPhase.Aborting ? _aborted : null);

    public TransactionPhase Phase
    {
        get
        {
            lock (_gate)
            {
                return _phase;
            }
        }
    }

    /// <summary>Refuses a record outside of a transaction, or in one that has failed. Cheap: any thread, for each record.</summary>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    /// <exception cref="TransactionException">It must be aborted, or the producer disposed.</exception>
    public void CheckMayAppend()
    {
        if (_phase == TransactionPhase.InTransaction)
        {
            return;
        }

        throw Failure is { } failure
            ? Again(failure)
            : new InvalidOperationException($"a producer with transactional.id={transactionalId} sends within transactions only: call {nameof(Producer.BeginTransaction)} first (it is {Phase})");
    }

    /// <summary>Refuses a record that waited, for its topic or for memory, when its transaction is over: it must not come into the next one.</summary>
    /// <param name="number">Of the transaction in which it was sent.</param>
    /// <exception cref="TransactionException">The transaction was aborted meanwhile.</exception>
    public void CheckMayAppend(long number)
    {
        if (accumulator.TransactionNumber != number || _phase is TransactionPhase.Aborting or TransactionPhase.Ready)
        {
            throw new TransactionException(_aborted.Code, _aborted.Message, isFatal: false);
        }

        CheckMayAppend();
    }

    /// <summary>Opens a transaction. Nothing is sent.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            Require(TransactionPhase.Ready, nameof(Producer.BeginTransaction));
            _phase = TransactionPhase.InTransaction;
            _isStarted = false;
            IsVersion2 = _isVersion2Next;
            accumulator.TransactionNumber = ++_number;
        }
    }

    /// <summary>Whether batches of a partition may be sent. The sender's loop.</summary>
    public bool IsAnnounced(PartitionQueue queue) => queue.AnnouncedTransaction == accumulator.TransactionNumber && _phase != TransactionPhase.FatalError;

    /// <summary>Has partitions that are new in the transaction added to it, where the broker wants that; else they may be written at once. The sender's loop.</summary>
    public void Announce()
    {
        while (_announced.TryDequeue(out PartitionQueue? done))
        {
            done.AnnouncedTransaction = done.TransactionNumber;
        }

        if (accumulator.NewInTransaction.IsEmpty || _announcing is { IsCompleted: false })
        {
            return;
        }

        var added = new List<PartitionQueue>();
        while (accumulator.NewInTransaction.TryDequeue(out PartitionQueue? queue))
        {
            added.Add(queue);
        }

        lock (_gate)
        {
            if (_phase is not (TransactionPhase.InTransaction or TransactionPhase.Committing))
            {
                return;
            }

            _isStarted = true;
        }

        if (IsVersion2)
        {
            added.ForEach(queue => queue.AnnouncedTransaction = queue.TransactionNumber);
        }
        else
        {
            _announcing = AnnounceAsync(added);
            sender.WakeAfter(_announcing);
        }
    }

    /// <summary>A batch failed for good: its transaction can only be aborted. The sender's loop.</summary>
    public void BatchFailed(KafkaException failure)
    {
        bool isFatal = IsFatalForRecords(failure.Code);
        lock (_gate)
        {
            if (!isFatal && _phase is TransactionPhase.Aborting)
            {
                return;
            }
        }

        Enter(failure as TransactionException ?? new TransactionException(failure.Code, failure.Message, isFatal, failure));
    }

    /// <summary>A record failed before it came into a batch, as it is too large or waited for too long: its transaction would be committed without it, so it can only be aborted. Any thread.</summary>
    /// <param name="failure">Why the record failed.</param>
    /// <param name="number">Of the transaction in which it was sent.</param>
    public void RecordFailed(KafkaException failure, long number)
    {
        lock (_gate)
        {
            // A transaction that is being ended has none of these: whoever ends it has waited for the lines.
            if (_phase == TransactionPhase.InTransaction && accumulator.TransactionNumber == number)
            {
                Enter(new TransactionException(failure.Code, failure.Message, IsFatalForRecords(failure.Code), failure));
            }
        }
    }

    private static bool IsFatalForRecords(ErrorCode error) =>
        error is ErrorCode.ProducerFenced or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed or ErrorCode.UnsupportedVersion;

    private static TransactionException Again(TransactionException failure) => new(
        failure.Code,
        failure.IsFatal ? $"this producer can do no more: {failure.Message}" : $"the transaction has failed and must be aborted: {failure.Message}",
        failure.IsFatal,
        failure);

    /// <summary>Goes into the state of error that the failure calls for.</summary>
    private TransactionException Enter(TransactionException failure)
    {
        lock (_gate)
        {
            if (_phase != TransactionPhase.FatalError && (failure.IsFatal || _phase != TransactionPhase.Ready))
            {
                _phase = failure.IsFatal ? TransactionPhase.FatalError : TransactionPhase.AbortableError;
                _failure ??= failure;
                _failure = failure.IsFatal ? failure : _failure;
            }
        }

        return failure;
    }

    private void Require(TransactionPhase phase, string call)
    {
        if (_phase != phase)
        {
            throw _failure is { } failure && _phase is TransactionPhase.FatalError or TransactionPhase.AbortableError
                ? Again(_failure!)
                : new InvalidOperationException($"{call} needs a producer that is {phase}; this one, with transactional.id={transactionalId}, is {_phase}");
        }
    }

    private async Task AnnounceAsync(List<PartitionQueue> queues)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            AddPartitionsToTxnRequest request = AddPartitions(queues);
            await RunAsync<AddPartitionsToTxnResponse>(CoordinatorType.Transaction, transactionalId, request, LastClientAddPartitionsVersion, WorstOf, "adding partitions to the transaction", CancellationToken.None)
                .ConfigureAwait(false);
            queues.ForEach(_announced.Enqueue);
        }
        catch (TransactionException failure)
        {
            Enter(failure);
        }
        catch (KafkaException failure)
        {
            Enter(new TransactionException(failure.Code, failure.Message, isFatal: false, failure));
        }
        catch (OperationCanceledException)
        {
            // The producer is being disposed.
        }
    }

    private AddPartitionsToTxnRequest AddPartitions(List<PartitionQueue> queues)
    {
        var topics = new Dictionary<string, AddPartitionsToTxnRequest.AddPartitionsToTxnTopic>(StringComparer.Ordinal);
        foreach (PartitionQueue queue in queues)
        {
            if (!topics.TryGetValue(queue.Topic.Name, out AddPartitionsToTxnRequest.AddPartitionsToTxnTopic? topic))
            {
                topics.Add(queue.Topic.Name, topic = new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic { Name = queue.Topic.Name });
            }

            topic.Partitions.Add(queue.Partition);
        }

        return new AddPartitionsToTxnRequest
        {
            V3AndBelowTransactionalId = transactionalId,
            V3AndBelowProducerId = _identity.Id,
            V3AndBelowProducerEpoch = _identity.Epoch,
            V3AndBelowTopics = [.. topics.Values],
        };
    }

    /// <summary>The error of the response as a whole: one that does not pass before one that does, as then nothing is gained by trying again.</summary>
    private static ErrorCode WorstOf(AddPartitionsToTxnResponse response)
    {
        ErrorCode worst = ErrorCode.None;
        foreach (AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult topic in response.ResultsByTopicV3AndBelow)
        {
            foreach (AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult partition in topic.ResultsByPartition)
            {
                worst = Worse(worst, partition.PartitionErrorCode);
            }
        }

        return worst;
    }

    private static ErrorCode Worse(ErrorCode worst, ErrorCode error)
    {
        bool isWorse = worst is ErrorCode.None or ErrorCode.OperationNotAttempted || (worst.IsRetriable() && !error.IsRetriable() && error != ErrorCode.OperationNotAttempted);
        return error != ErrorCode.None && isWorse ? error : worst;
    }
}
