using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class TransactionShard
{
    /// <summary>The committed state of an id; null when it is not known.</summary>
    public TransactionMetadata? Describe(TransactionalId transactionalId, long committedOffset) =>
        transactions.TryGetValue(transactionalId, committedOffset, out var metadata) ? metadata : null;

    /// <summary>
    /// Whether each partition belongs to the open transaction of this epoch: what brokers ask before they take the first records of a producer that adds its partitions itself (KIP-890).
    /// </summary>
    public IReadOnlyDictionary<TopicPartition, ErrorCode> Verify(
        TransactionalId transactionalId, ProducerId producerId, short producerEpoch, IReadOnlyCollection<TopicPartition> partitions, long committedOffset)
    {
        var metadata = Describe(transactionalId, committedOffset);
        var error = metadata is null || metadata.ProducerId != producerId ? ErrorCode.InvalidProducerIdMapping
            : metadata.ProducerEpoch != producerEpoch ? ErrorCode.ProducerFenced
            : metadata.State.IsPrepared() ? ErrorCode.ConcurrentTransactions
            : ErrorCode.None;
        var answers = new Dictionary<TopicPartition, ErrorCode>(partitions.Count);
        foreach (var asked in partitions)
        {
            answers[asked] = error != ErrorCode.None ? error
                : metadata!.Partitions.Contains(asked) ? ErrorCode.None
                : ErrorCode.TransactionAbortable;
        }

        return answers;
    }

    /// <summary>The ids that a filter lets through.</summary>
    public IReadOnlyList<ListTransactionsResponse.TransactionStateData> List(TransactionFilter filter, long committedOffset)
    {
        var now = NowMs;
        var found = new List<ListTransactionsResponse.TransactionStateData>();
        foreach (var (transactionalId, metadata) in transactions.At(committedOffset))
        {
            if (filter.Matches(metadata, now))
            {
                found.Add(new()
                {
                    TransactionalId = transactionalId,
                    ProducerId = metadata.ProducerId,
                    TransactionState = TransactionStates.Name(metadata.State),
                });
            }
        }

        return found;
    }
}
