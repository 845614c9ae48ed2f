using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>A decision on its way to its partitions. Its own task alone changes it; ending it is for any thread.</summary>
internal sealed class PendingTransaction(PartitionIndex shard, int coordinatorEpoch, TransactionMetadata prepared)
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PartitionIndex Shard { get; } = shard;

    public TransactionMetadata Prepared { get; } = prepared;

    public TransactionMarker Marker { get; } = new(
        prepared.ProducerId, prepared.ProducerEpoch, coordinatorEpoch, prepared.State == TransactionState.PrepareCommit, prepared.ClientTransactionVersion);

    /// <summary>The partitions that have no marker yet.</summary>
    public HashSet<TopicPartition> Remaining { get; } = [.. prepared.Partitions];

    public Task Ended => ended.Task;

    public bool IsEnded => ended.Task.IsCompleted;

    public bool IsSame(PendingTransaction other) => Shard == other.Shard && Marker == other.Marker;

    public void End() => ended.TrySetResult();
}
