using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>The end of a producer's transaction as partitions are told of it.</summary>
/// <param name="ProducerId">Whose transaction ends.</param>
/// <param name="ProducerEpoch">The epoch of the decision: under version 2 one above that of the records.</param>
/// <param name="CoordinatorEpoch">The leader epoch of the partition of <c>__transaction_state</c> that decided; partitions refuse a lower one than they have seen.</param>
/// <param name="IsCommit">Commit or abort.</param>
/// <param name="TransactionVersion">The version that the producer spoke: from 2 on the epoch must be above that of the records.</param>
public readonly record struct TransactionMarker(ProducerId ProducerId, short ProducerEpoch, int CoordinatorEpoch, bool IsCommit, short TransactionVersion);
