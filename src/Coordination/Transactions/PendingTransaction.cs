using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>A decision on its way to its partitions. Its own task alone changes it; ending it is for any thread.</summary>
internal sealed class PendingTransaction(PartitionIndex shard, int coordinatorEpoch, TransactionMetadata prepared)
{
    private volatile IReadOnlySet<TopicPartition> remaining = prepared.Partitions;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PartitionIndex Shard { get; } = shard;

    public TransactionMetadata Prepared { get; } = prepared;

    public TransactionMarker Marker { get; } = new(
        prepared.ProducerId, prepared.ProducerEpoch, coordinatorEpoch, prepared.State == TransactionState.PrepareCommit, prepared.ClientTransactionVersion);

    /// <summary>The partitions that have no marker yet. Replaced, never changed: any thread may read it.</summary>
    public IReadOnlySet<TopicPartition> Remaining => remaining;

    /// <summary>Takes out what has its marker, or needs none.</summary>
    public void Remove(IReadOnlyCollection<TopicPartition> partitions)
    {
        if (partitions.Count > 0)
        {
            var left = new HashSet<TopicPartition>(remaining);
            left.ExceptWith(partitions);
            remaining = left;
        }
    }

    public Task Ended => ended.Task;

    public bool IsEnded => ended.Task.IsCompleted;

    public bool IsSame(PendingTransaction other) => Shard == other.Shard && Marker == other.Marker;

    public void End() => ended.TrySetResult();
}
