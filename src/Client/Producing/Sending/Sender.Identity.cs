using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <content>Who this producer is to the brokers, and what a transaction adds to that.</content>
internal sealed partial class Sender
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<Action> _posted = new();
    private bool _isIdentifying;
    private KafkaException? _identityFailure;
    private long _identifyAgainMs;

    /// <summary>The transactions of this producer; null when it has no transactional id. Set before <see cref="Start"/>.</summary>
    public TransactionManager? Transactions { get; set; }

    private bool HasTransactionFailed => Transactions is { IsFatal: true };

    private bool IsTransactionVersion2 => Transactions is { IsVersion2: true };

    /// <summary>Runs something on the loop, between two rounds. Any thread.</summary>
    public Task PostAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _posted.Enqueue(() =>
        {
            action();
            done.TrySetResult();
        });
        _signal.Set();
        return done.Task;
    }

    /// <summary>Fails all batches that were never sent: their transaction is aborted. On the loop.</summary>
    public void FailUnsent(KafkaException failure)
    {
        var taken = new List<ProducerBatch>();
        _accumulator.TakeAll(taken, isOnlyUnsent: true);
        taken.ForEach(batch => Finish(batch, DeliveryOutcome.Failed(failure)));
    }

    private bool IsInTransaction(PartitionQueue queue) => Transactions is null || Transactions.IsAnnounced(queue);

    private void FailTransaction(KafkaException failure) => Transactions?.BatchFailed(failure);

    private void RunPosted()
    {
        while (_posted.TryDequeue(out Action? action))
        {
            action();
        }
    }

    /// <summary>What others had to do on the loop, and the transaction's own work. False when the producer can do nothing any more.</summary>
    private bool RunTransaction()
    {
        RunPosted();
        bool hasIdentity = Idempotence.Settle(out bool isInDoubt);
        if (Transactions is null)
        {
            return !hasIdentity;
        }

        if (isInDoubt)
        {
            Transactions.BatchFailed(new TransactionException(
                ErrorCode.TransactionAbortable, "records were sent and never acknowledged: whether they are in the log is not known, so the transaction must be aborted", isFatal: false));
        }

        if (Transactions.Refusal is { } failure)
        {
            FailUnsent(failure);
        }

        Transactions.Announce();
        return false;
    }

    /// <summary>Has a broker give the idempotent producer an id; returns when it may be asked again, in ms from now. Its answer sets the signal.</summary>
    private long EnsureIdentity(long nowMs)
    {
        if (!_settings.IsIdempotent || Volatile.Read(ref _isIdentifying) || _active.Count == 0)
        {
            return RecordAccumulator.NothingWaits;
        }

        if (nowMs < _identifyAgainMs)
        {
            return _identifyAgainMs - nowMs;
        }

        if (_identityFailure is { IsRetriable: false } refused)
        {
            _identityFailure = null;
            FailEverything(refused);
            return RecordAccumulator.NothingWaits;
        }

        _identifyAgainMs = nowMs + _accumulator.Settings.RetryBackoffMs;
        Volatile.Write(ref _isIdentifying, true);
        _ = IdentifyAsync();
        return RecordAccumulator.NothingWaits;
    }

    private async Task IdentifyAsync()
    {
        try
        {
            InitProducerIdResponse response = await _cluster.CallAnyAsync<InitProducerIdResponse>(
                new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = int.MaxValue }, _cluster.Closing).ConfigureAwait(false);
            if (response.ErrorCode == ErrorCode.None)
            {
                _posted.Enqueue(() => Idempotence.Begin(new ProducerIdentity(response.ProducerId, response.ProducerEpoch)));
            }
            else
            {
                _identityFailure = KafkaException.Of(response.ErrorCode, "asking for a producer id");
                LogIdentity(_log, _identityFailure.Message);
            }
        }
        catch (KafkaException failure)
        {
            _identityFailure = failure;
            LogIdentity(_log, failure.Message);
        }
        catch (OperationCanceledException)
        {
            // The producer is being disposed.
        }

        // In this order: the loop that the signal wakes must see that the attempt is over.
        Volatile.Write(ref _isIdentifying, false);
        _signal.Set();
    }

    [LoggerMessage(3, LogLevel.Warning, "no producer id yet: {Failure}")]
    private static partial void LogIdentity(ILogger log, string failure);
}
