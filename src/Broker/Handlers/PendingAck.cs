using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Replication;

namespace Moldau.Broker;

/// <summary>One partition of an acks=all request that waits until the high watermark has reached the end of its batch.</summary>
internal sealed class PendingAck(Partition partition, long requiredOffset, ProduceResponse.PartitionProduceResponse answer)
{
    public Partition Partition => partition;

    /// <summary>Replicated, or never to be by this leader.</summary>
    public bool IsSettled => partition.Log.HighWatermark >= requiredOffset || !partition.Role.IsLeader || partition.IsOffline;

    /// <summary>Writes the outcome into the answer.</summary>
    public void Settle()
    {
        var isReplicated = partition.Log.HighWatermark >= requiredOffset;
        if (isReplicated && partition.HasEnoughInSyncReplicas)
        {
            return;
        }

        answer.ErrorCode = partition.IsOffline ? ErrorCode.KafkaStorageError
            : !partition.Role.IsLeader ? ErrorCode.NotLeaderOrFollower
            : isReplicated ? ErrorCode.NotEnoughReplicasAfterAppend
            : ErrorCode.RequestTimedOut;
        answer.BaseOffset = -1;
        answer.LogAppendTimeMs = -1;
    }
}
