using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>
/// The decisions of this node's shards on their way: the markers of each are written, again and again where a partition cannot take them now, and then its transaction is completed. What is
/// not done when the node stops is found in the log by whoever loads the shard next. Any thread.
/// </summary>
public sealed class TransactionMarkers : ITransactionMarkers, IDisposable
{
    private const int FirstBackoffMs = 10;
    private const int LastBackoffMs = 1000;

    private readonly ITransactionMarkerWriter writer;
    private readonly Func<MetadataImage> image;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<TransactionalId, PendingTransaction> pending = new();
    private readonly ConcurrentDictionary<PartitionIndex, int> epochs = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stopped;
    private Func<PartitionIndex, TransactionMetadata, Task<ErrorCode>>? complete;

    /// <param name="writer">Writes markers to partitions.</param>
    /// <param name="image">The metadata now, which tells what has been deleted.</param>
    /// <param name="time">The clock of what is tried again.</param>
    /// <param name="logger">Its log.</param>
    public TransactionMarkers(ITransactionMarkerWriter writer, Func<MetadataImage> image, TimeProvider time, ILogger logger)
    {
        this.writer = writer;
        this.image = image;
        this.time = time;
        this.logger = logger;
        stopped = stopping.Token;
    }

    /// <summary>How many transactions wait for their markers.</summary>
    public int Count => pending.Count;

    /// <summary>Gives what writes the completion to the shard, before anything else is called: NONE, or why not.</summary>
    public void CompleteWith(Func<PartitionIndex, TransactionMetadata, Task<ErrorCode>> completion) => complete = completion;

    /// <summary>The leader epoch in which a shard begins: the coordinator epoch of its markers. Before the shard is loaded.</summary>
    public void OnElection(PartitionIndex shard, int leaderEpoch) => epochs[shard] = leaderEpoch;

    /// <inheritdoc />
    public void Begin(PartitionIndex shard, TransactionMetadata prepared)
    {
        var transaction = new PendingTransaction(shard, epochs.GetValueOrDefault(shard, -1), prepared);
        while (!pending.TryAdd(prepared.TransactionalId, transaction))
        {
            if (!pending.TryGetValue(prepared.TransactionalId, out var other))
            {
                continue;
            }

            if (other.IsSame(transaction))
            {
                return;
            }

            // An earlier decision of the same id that another coordinator has dealt with, or of an earlier term of this one.
            Remove(other);
        }

        _ = RunAsync(transaction);
    }

    /// <inheritdoc />
    public void Cancel(PartitionIndex shard)
    {
        foreach (var transaction in pending.Values)
        {
            if (transaction.Shard == shard)
            {
                Remove(transaction);
            }
        }
    }

    /// <summary>The partitions of a decision that have no marker yet, as far as this coordinator knows; all of them when it is not on its way.</summary>
    public IReadOnlySet<TopicPartition> RemainingOf(TransactionMetadata prepared) =>
        pending.TryGetValue(prepared.TransactionalId, out var transaction) && transaction.Prepared == prepared ? transaction.Remaining : prepared.Partitions;

    /// <summary>Completes when the decision of this id that is on its way now has come to its end, or was given up; at once when there is none.</summary>
    public Task WhenIdleAsync(TransactionalId transactionalId) => pending.TryGetValue(transactionalId, out var transaction) ? transaction.Ended : Task.CompletedTask;

    public void Dispose()
    {
        stopping.Cancel();
        foreach (var transaction in pending.Values)
        {
            Remove(transaction);
        }

        stopping.Dispose();
    }

    private void Remove(PendingTransaction transaction)
    {
        pending.TryRemove(KeyValuePair.Create(transaction.Prepared.TransactionalId, transaction));
        transaction.End();
    }

    private async Task RunAsync(PendingTransaction transaction)
    {
        var backoffMs = FirstBackoffMs;
        while (!await AttemptAsync(transaction))
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(backoffMs), time, stopped);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            backoffMs = Math.Min(backoffMs * 2, LastBackoffMs);
        }

        Remove(transaction);
    }

    /// <summary>True when nothing is left to do.</summary>
    private async Task<bool> AttemptAsync(PendingTransaction transaction)
    {
        if (transaction.IsEnded)
        {
            return true;
        }

        SkipDeleted(transaction);
        if (transaction.Remaining.Count > 0 && !await WriteAsync(transaction))
        {
            return true;
        }

        if (transaction.Remaining.Count > 0 || transaction.IsEnded)
        {
            return transaction.IsEnded;
        }

        var error = await complete!(transaction.Shard, transaction.Prepared);
        if (error is ErrorCode.CoordinatorNotAvailable or ErrorCode.RequestTimedOut or ErrorCode.UnknownServerError)
        {
            logger.LogInformation("{TransactionalId}: its completion could not be written ({Error}) and is tried again", transaction.Prepared.TransactionalId, error);
            return false;
        }

        return true;
    }

    /// <summary>Partitions of deleted topics need no marker.</summary>
    private void SkipDeleted(PendingTransaction transaction)
    {
        var topics = image().Topics;
        transaction.Remove([.. transaction.Remaining.Where(partition => topics.FindPartition(partition.Topic, partition.Partition) is null)]);
    }

    /// <summary>Writes to the partitions that are left; false when the transaction is no longer this coordinator's to end.</summary>
    private async Task<bool> WriteAsync(PendingTransaction transaction)
    {
        var answers = await writer.WriteAsync(transaction.Marker, transaction.Remaining);
        var done = new List<TopicPartition>(answers.Count);
        foreach (var (partition, error) in answers)
        {
            switch (error)
            {
                case ErrorCode.None or ErrorCode.UnsupportedForMessageFormat or ErrorCode.UnsupportedVersion:
                    done.Add(partition);
                    break;
                case ErrorCode.InvalidProducerEpoch or ErrorCode.TransactionCoordinatorFenced:
                    logger.LogWarning(
                        "{TransactionalId}: {Partition} refuses the marker of epoch {Epoch}, coordinator epoch {CoordinatorEpoch}, for ever ({Error}): no more of them are sent",
                        transaction.Prepared.TransactionalId, partition, transaction.Marker.ProducerEpoch, transaction.Marker.CoordinatorEpoch, error);
                    return false;
                default:
                    logger.LogDebug("{TransactionalId}: {Partition} did not take the marker ({Error}), it is sent again", transaction.Prepared.TransactionalId, partition, error);
                    break;
            }
        }

        transaction.Remove(done);
        return true;
    }
}
