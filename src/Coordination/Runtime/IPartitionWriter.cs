using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>The log partitions that this node leads, as coordinators write them. Any thread, one at a time for each partition.</summary>
public interface IPartitionWriter
{
    /// <summary>The largest batch that the partition takes, in bytes (max.message.bytes).</summary>
    int MaxBatchBytes(TopicPartition partition);

    /// <summary>
    /// Appends one batch, which is patched in place. <paramref name="verification"/> is what <see cref="BeginVerificationAsync"/> gave, null for none. It returns once the batch is in the
    /// leader's log, not when it is committed. <paramref name="transactionVersion"/> tells how a marker's epoch is checked (KIP-890); -1 for records.
    /// </summary>
    CoordinatorAppend Append(TopicPartition partition, object? verification, Memory<byte> batch, short transactionVersion);

    /// <summary>Makes sure that a transaction of the producer is open with this partition in it, before records of it are appended (KIP-890).</summary>
    /// <exception cref="CoordinatorException">It is not; the error says why.</exception>
    ValueTask<object?> BeginVerificationAsync(TopicPartition partition, string transactionalId, long producerId, short producerEpoch, short apiVersion);

    /// <summary>From now on the listener hears of the partition's high watermark, first at once of where it is.</summary>
    void AddListener(TopicPartition partition, IHighWatermarkListener listener);

    void RemoveListener(TopicPartition partition, IHighWatermarkListener listener);
}
