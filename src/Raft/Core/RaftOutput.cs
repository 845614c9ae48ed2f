namespace Moldau.Raft;

/// <summary>What the shell has to do, in the order given: a message must not leave before what stands in front of it is done.</summary>
public abstract record RaftOutput
{
    /// <summary>Make the election state durable before going on.</summary>
    public sealed record PersistElection(ElectionState State) : RaftOutput;

    /// <summary>Write the batch at the end of the log; no sync yet.</summary>
    public sealed record Append(RaftBatch Batch) : RaftOutput;

    /// <summary>Cut the log at the offset (which becomes its end).</summary>
    public sealed record Truncate(long Offset) : RaftOutput;

    /// <summary>Sync the log, then say <see cref="RaftInput.LogFlushed"/>.</summary>
    public sealed record Flush(long Offset) : RaftOutput;

    /// <summary>Send to the replica; to whichever of the bootstrap servers answers when <paramref name="To"/> is null.</summary>
    public sealed record Send(long CorrelationId, int? To, RaftRequest Message) : RaftOutput;

    /// <summary>Answer a request.</summary>
    public sealed record Reply(long RequestId, RaftResponse Message) : RaftOutput;

    /// <summary>Everything below the offset is committed.</summary>
    public sealed record HighWatermarkAdvanced(long Offset) : RaftOutput;

    /// <summary>Leader or epoch changed. A node that becomes leader itself gets this when it has appended the first record of its epoch.</summary>
    public sealed record LeaderChanged(LeaderAndEpoch Leader) : RaftOutput;

    /// <summary>Write bytes of a snapshot that is fetched, at the position of its partial file (made anew at position 0).</summary>
    public sealed record StoreSnapshot(OffsetAndEpoch SnapshotId, long Position, ReadOnlyMemory<byte> Bytes) : RaftOutput;

    /// <summary>The fetched snapshot is whole: put it in its place, empty the log to start at its end, then say
    /// <see cref="RaftInput.SnapshotInstalled"/>.</summary>
    public sealed record InstallSnapshot(OffsetAndEpoch SnapshotId) : RaftOutput;

    /// <summary>The append came too late: its epoch is over.</summary>
    public sealed record AppendRefused(int Epoch, long BaseOffset) : RaftOutput;

    /// <summary>The change of voters was not begun, for the reason given.</summary>
    public sealed record VoterChangeRefused(string Reason) : RaftOutput;

    /// <summary>The shutdown that was asked for is done.</summary>
    public sealed record Stopped : RaftOutput;
}
