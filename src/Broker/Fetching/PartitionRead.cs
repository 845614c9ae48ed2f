using Moldau.Core;
using Moldau.Protocol;
using Moldau.Storage;

namespace Moldau.Broker.Fetching;

/// <summary>The result of reading one partition for a fetch. Holds the slice's file open until it is sent or disposed.</summary>
internal struct PartitionRead
{
    public static readonly long UnknownOffset = -1;

    public ErrorCode Error;

    /// <summary>The range to send; its length is 0 where there is nothing.</summary>
    public LogSlice Slice;

    public long HighWatermark;
    public long LastStableOffset;
    public long LogStartOffset;

    /// <summary>A follower has diverged: the end of the largest epoch that both know (KIP-595); -1 where it has not.</summary>
    public int DivergingEpoch;
    public long DivergingEndOffset;

    /// <summary>The leader that the client should ask instead, with an error of leadership; -1 when not known.</summary>
    public int CurrentLeaderId;
    public LeaderEpoch CurrentLeaderEpoch;

    public readonly bool HasDivergingEpoch => DivergingEpoch >= 0;

    public static PartitionRead Failed(ErrorCode error) => new()
    {
        Error = error,
        HighWatermark = UnknownOffset,
        LastStableOffset = UnknownOffset,
        LogStartOffset = UnknownOffset,
        DivergingEpoch = -1,
        DivergingEndOffset = -1,
        CurrentLeaderId = -1,
        CurrentLeaderEpoch = -1,
    };

    public readonly FetchOutcome Outcome => new(Error != ErrorCode.None, HighWatermark, LogStartOffset, Slice.Length, HasPreferredReadReplica: false, HasDivergingEpoch);
}
