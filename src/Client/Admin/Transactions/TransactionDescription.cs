using Moldau.Core;

namespace Moldau.Client;

/// <summary>A transactional id and its transaction. Immutable.</summary>
/// <param name="TransactionalId">The id.</param>
/// <param name="CoordinatorId">The broker that coordinates it.</param>
/// <param name="State">Where its transaction is.</param>
/// <param name="ProducerId">The id of its producer.</param>
/// <param name="ProducerEpoch">The epoch of its producer.</param>
/// <param name="Timeout">How long a transaction of it may stay open.</param>
/// <param name="StartTime">Since when it is open; null when it is not.</param>
/// <param name="Partitions">The partitions in it.</param>
public sealed record TransactionDescription(
    string TransactionalId,
    int CoordinatorId,
    TransactionState State,
    long ProducerId,
    int ProducerEpoch,
    TimeSpan Timeout,
    DateTimeOffset? StartTime,
    IReadOnlyList<TopicPartition> Partitions);
