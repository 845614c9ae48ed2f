using Moldau.Protocol;
using Moldau.Replication;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>A batch that was appended to a partition led here, and that all in-sync replicas are to have before somebody is told.</summary>
internal readonly record struct ReplicationWait(Partition Partition, long RequiredOffset)
{
    /// <summary>Replicated, or never to be by this leader.</summary>
    public bool IsSettled => Partition.Log.HighWatermark >= RequiredOffset || !Partition.Role.IsLeader || Partition.IsOffline;

    /// <summary>What became of it by now.</summary>
    public ErrorCode Outcome
    {
        get
        {
            var isReplicated = Partition.Log.HighWatermark >= RequiredOffset;
            return isReplicated && Partition.HasEnoughInSyncReplicas ? ErrorCode.None
                : Partition.IsOffline ? ErrorCode.KafkaStorageError
                : !Partition.Role.IsLeader ? ErrorCode.NotLeaderOrFollower
                : isReplicated ? ErrorCode.NotEnoughReplicasAfterAppend
                : ErrorCode.RequestTimedOut;
        }
    }

    /// <summary>Returns when all are settled, or after the time-out.</summary>
    public static async ValueTask WaitAsync(IReadOnlyCollection<ReplicationWait> waits, TimingWheel wheel, int timeoutMs)
    {
        var signal = new ChangeSignal();
        foreach (var wait in waits)
        {
            wait.Partition.AddWaiter(signal);
        }

        wheel.Add(signal, timeoutMs);
        var inTime = true;
        while (inTime && waits.Any(wait => !wait.IsSettled))
        {
            inTime = await signal.WaitAsync();
        }

        wheel.Remove(signal);
        foreach (var wait in waits)
        {
            wait.Partition.RemoveWaiter(signal);
        }
    }
}
