using Moldau.Configuration;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>
/// Asks the coordinator of a transaction before records of it are taken (KIP-890): whether the partitions are in it, or, where the client leaves that to the broker, to add them. Any
/// thread. The coordinator is asked here; one on another node comes with the cluster, and until then such a transaction is asked to come again.
/// </summary>
internal sealed class TransactionVerifier(TransactionCoordinator coordinator, Func<NodeConfiguration> configuration, TimeProvider time)
{
    /// <summary>How version <paramref name="apiVersion"/> of Produce takes part.</summary>
    public static TransactionSupport OfProduce(short apiVersion) =>
        apiVersion >= 12 ? TransactionSupport.Implicit : apiVersion >= 11 ? TransactionSupport.AbortableError : TransactionSupport.Verified;

    /// <summary>How version <paramref name="apiVersion"/> of TxnOffsetCommit takes part.</summary>
    public static TransactionSupport OfTxnOffsetCommit(short apiVersion) =>
        apiVersion >= 5 ? TransactionSupport.Implicit : apiVersion >= 4 ? TransactionSupport.AbortableError : TransactionSupport.Verified;

    /// <summary>Whether anything is asked at all: transaction.partition.verification.enable is for clients that add their partitions themselves.</summary>
    public bool IsNeeded(TransactionSupport support) => support == TransactionSupport.Implicit || configuration().Boolean("transaction.partition.verification.enable");

    /// <summary>Asks once. For each partition NONE, or why it may not be written, in the words that such a client knows.</summary>
    public async ValueTask<IReadOnlyDictionary<TopicPartition, ErrorCode>> AskAsync(
        string transactionalId, ProducerId producerId, short producerEpoch, IReadOnlyCollection<TopicPartition> partitions, TransactionSupport support)
    {
        var answers = support == TransactionSupport.Implicit
            ? TransactionCoordinator.All(partitions, await coordinator.AddPartitionsAsync(transactionalId, producerId, producerEpoch, partitions, clientTransactionVersion: 2))
            : await coordinator.VerifyAsync(transactionalId, producerId, producerEpoch, partitions);
        return answers.ToDictionary(answer => answer.Key, answer => ForClient(answer.Value, support));
    }

    /// <summary>
    /// Asks, and where the markers of the transaction before are still on their way waits for them as long as add.partitions.to.txn.retry.backoff.max.ms allows: the client may begin its next
    /// transaction as soon as the last one is decided.
    /// </summary>
    public async ValueTask<IReadOnlyDictionary<TopicPartition, ErrorCode>> AskPatientlyAsync(
        string transactionalId, ProducerId producerId, short producerEpoch, IReadOnlyCollection<TopicPartition> partitions, TransactionSupport support)
    {
        var node = configuration();
        var begin = time.GetTimestamp();
        while (true)
        {
            var answers = await AskAsync(transactionalId, producerId, producerEpoch, partitions, support);
            var left = TimeSpan.FromMilliseconds(node.Int("add.partitions.to.txn.retry.backoff.max.ms")) - time.GetElapsedTime(begin);
            if (!answers.Values.Contains(ErrorCode.ConcurrentTransactions) || left <= TimeSpan.Zero)
            {
                return answers;
            }

            await WaitForMarkersAsync(transactionalId, node.Int("add.partitions.to.txn.retry.backoff.ms"));
        }
    }

    private async Task WaitForMarkersAsync(string transactionalId, int timeoutMs)
    {
        var idle = coordinator.WhenIdleAsync(transactionalId);
        var backoff = Task.Delay(TimeSpan.FromMilliseconds(timeoutMs), time);
        await (idle.IsCompleted ? backoff : Task.WhenAny(idle.FollowAsync(), backoff));
    }

    private static ErrorCode ForClient(ErrorCode error, TransactionSupport support) => error switch
    {
        ErrorCode.ProducerFenced => ErrorCode.InvalidProducerEpoch,
        ErrorCode.TransactionAbortable when support == TransactionSupport.Verified => ErrorCode.InvalidTxnState,
        _ => error,
    };
}
