using Moldau.Core;

namespace Moldau.Client;

/// <summary>A producer that a partition remembers. Immutable.</summary>
/// <param name="ProducerId">Its id.</param>
/// <param name="ProducerEpoch">Its epoch.</param>
/// <param name="LastSequence">The sequence number of its last record; -1 when it has none.</param>
/// <param name="LastTimestamp">The timestamp of its last record; null when not known.</param>
/// <param name="CoordinatorEpoch">The epoch of the coordinator that last ended a transaction of it here; null when none did.</param>
/// <param name="CurrentTransactionStartOffset">Where its open transaction begins; null when none is open.</param>
public sealed record ProducerState(
    long ProducerId, int ProducerEpoch, int LastSequence, DateTimeOffset? LastTimestamp, int? CoordinatorEpoch, long? CurrentTransactionStartOffset);
