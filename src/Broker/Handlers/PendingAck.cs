using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Replication;

namespace Moldau.Broker;

/// <summary>
/// One partition of a produce request that waits: with acks=all until the high watermark has reached the end of its batch, and where the topic's durability asks for it until the batch is on the
/// device.
/// </summary>
internal sealed class PendingAck(Partition partition, long requiredOffset, short acks, bool isSynced, ProduceResponse.PartitionProduceResponse answer)
{
    public Partition Partition => partition;

    /// <summary>Replicated and durable as it must be, or never to be by this leader.</summary>
    public bool IsSettled => IsDone || !partition.Role.IsLeader || partition.IsOffline;

    private bool IsDone => !IsNeeded(partition, requiredOffset, acks, isSynced);

    /// <summary>Whether there is something to wait for.</summary>
    public static bool IsNeeded(Partition partition, long requiredOffset, short acks, bool isSynced) =>
        (acks == -1 && partition.Log.HighWatermark < requiredOffset) || (isSynced && partition.Log.DurableEndOffset < requiredOffset);

    /// <summary>Writes the outcome into the answer.</summary>
    public void Settle()
    {
        var isDone = IsDone;
        if (isDone && (acks != -1 || partition.HasEnoughInSyncReplicas))
        {
            return;
        }

        answer.ErrorCode = partition.IsOffline ? ErrorCode.KafkaStorageError
            : !partition.Role.IsLeader ? ErrorCode.NotLeaderOrFollower
            : isDone ? ErrorCode.NotEnoughReplicasAfterAppend
            : ErrorCode.RequestTimedOut;
        answer.BaseOffset = -1;
        answer.LogAppendTimeMs = -1;
    }
}
