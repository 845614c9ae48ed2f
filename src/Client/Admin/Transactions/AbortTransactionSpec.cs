using Moldau.Core;

namespace Moldau.Client;

/// <summary>A transaction that hangs in a partition, as <see cref="AdminClient.DescribeProducersAsync(IEnumerable{TopicPartition}, int?, CancellationToken)"/> tells of it. Immutable.</summary>
/// <param name="Partition">Where it hangs.</param>
/// <param name="ProducerId">The id of its producer.</param>
/// <param name="ProducerEpoch">The epoch of its producer.</param>
/// <param name="CoordinatorEpoch">The coordinator's epoch; 0 where the producer's state has none.</param>
public sealed record AbortTransactionSpec(TopicPartition Partition, long ProducerId, short ProducerEpoch, int CoordinatorEpoch);
