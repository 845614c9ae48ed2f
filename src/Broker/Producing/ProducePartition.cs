using Moldau.Protocol;
using Moldau.Records;
using Moldau.Replication;
using Moldau.Storage;

namespace Moldau.Broker.Producing;

/// <summary>One partition of a produce request: what is to be appended, then what became of it.</summary>
internal struct ProducePartition
{
    /// <summary>A failure, until an append says something else.</summary>
    public ProducePartition(int index, ReadOnlyMemory<byte> records)
    {
        Index = index;
        Records = records;
        Fail(ErrorCode.None, message: null);
    }

    public int Index { get; }

    /// <summary>A slice of the request's frame.</summary>
    public ReadOnlyMemory<byte> Records { get; set; }

    /// <summary>The replica here; null when there is none, and <see cref="Error"/> says why.</summary>
    public Partition? Replica { get; set; }

    /// <summary>Of a transactional batch whose coordinator was asked.</summary>
    public VerificationGuard Guard { get; set; }

    public ErrorCode Error { get; set; }

    public string? ErrorMessage { get; set; }

    public IReadOnlyList<RecordError>? RecordErrors { get; private set; }

    public long BaseOffset { get; private set; }

    public long LogAppendTimeMs { get; private set; }

    public long LogStartOffset { get; private set; }

    /// <summary>From version 10 on, with NOT_LEADER_OR_FOLLOWER: who leads; -1 otherwise.</summary>
    public int LeaderId { get; set; }

    public int LeaderEpoch { get; set; }

    /// <summary>The answer waits for it: with acks=all for the high watermark, and where the topic's durability asks for it for the group commit.</summary>
    public bool IsPending { get; set; }

    /// <summary>Where the batch ends.</summary>
    public long RequiredOffset { get; private set; }

    /// <summary>Whether the batch is to be on the device before it is acknowledged.</summary>
    public bool IsSynced { get; private set; }

    /// <summary>Nothing is appended, and why.</summary>
    public void Fail(ErrorCode error, string? message)
    {
        Error = error;
        ErrorMessage = message;
        RecordErrors = null;
        BaseOffset = -1;
        LogAppendTimeMs = -1;
        LogStartOffset = -1;
        LeaderId = -1;
        LeaderEpoch = -1;
    }

    /// <summary>What the log said.</summary>
    public void Take(in AppendResult result, short acks)
    {
        if (result.Error != ErrorCode.None)
        {
            Fail(result.Error, result.ErrorMessage);
            LogStartOffset = result.LogStartOffset;
            RecordErrors = result.RecordErrors;
            return;
        }

        BaseOffset = result.FirstOffset;
        LogAppendTimeMs = result.LogAppendTimeMs;
        LogStartOffset = result.LogStartOffset;
        RequiredOffset = result.LastOffset + 1;
        IsSynced = result.IsFlushDue || Replica!.MustSync(acks);
        IsPending = !IsDone(acks);
    }

    /// <summary>Replicated and durable as it must be, or never to be by this leader.</summary>
    public readonly bool IsSettled(short acks) => IsDone(acks) || !Replica!.Role.IsLeader || Replica.IsOffline;

    /// <summary>Turns the outcome of the waiting into the answer.</summary>
    public void Settle(short acks)
    {
        var isDone = IsDone(acks);
        if (isDone && (acks != -1 || Replica!.HasEnoughInSyncReplicas))
        {
            return;
        }

        Error = Replica!.IsOffline ? ErrorCode.KafkaStorageError
            : !Replica.Role.IsLeader ? ErrorCode.NotLeaderOrFollower
            : isDone ? ErrorCode.NotEnoughReplicasAfterAppend
            : ErrorCode.RequestTimedOut;
        BaseOffset = -1;
        LogAppendTimeMs = -1;
    }

    private readonly bool IsDone(short acks) =>
        (acks != -1 || Replica!.Log.HighWatermark >= RequiredOffset) && (!IsSynced || Replica!.Log.DurableEndOffset >= RequiredOffset);
}
