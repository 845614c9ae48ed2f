using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>What one shard has done since it was made, as it was at one moment. Immutable.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="State">Where it is.</param>
/// <param name="Epoch">The leader epoch that it is here for; -1 before the first.</param>
/// <param name="Records">Records that it has written.</param>
/// <param name="SizeBytes">Bytes of the batches that it has written.</param>
/// <param name="LoadMs">How long its last load took, in ms; -1 before that.</param>
/// <param name="Queued">Operations that wait for it.</param>
public sealed record CoordinatorShardStatistics(TopicPartition Partition, CoordinatorState State, int Epoch, long Records, long SizeBytes, long LoadMs, int Queued);
