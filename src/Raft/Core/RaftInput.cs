namespace Moldau.Raft;

/// <summary>What can happen to a replica. After each input the core also does what time demands; <see cref="Tick"/> is an input that is nothing but
/// that.</summary>
public abstract record RaftInput
{
    /// <summary>The first input, once.</summary>
    public sealed record Start : RaftInput;

    public sealed record Tick : RaftInput;

    /// <summary>A peer's request. Exactly one <see cref="RaftOutput.Reply"/> with the number follows, now or later.</summary>
    public sealed record Request(long RequestId, RaftRequest Message) : RaftInput;

    /// <summary>The answer to what was sent with the number.</summary>
    public sealed record Response(long CorrelationId, RaftResponse Message) : RaftInput;

    /// <summary>What was sent with the number did not get through.</summary>
    public sealed record SendFailed(long CorrelationId) : RaftInput;

    /// <summary>The controller's records for one batch. <paramref name="BaseOffset"/> is where the caller was told that they will lie.</summary>
    public sealed record Append(int Epoch, long BaseOffset, IReadOnlyList<ReadOnlyMemory<byte>> Records) : RaftInput;

    /// <summary>The log is on the disk up to the offset (exclusive).</summary>
    public sealed record LogFlushed(long Offset) : RaftInput;

    /// <summary>A snapshot of this replica's own state is in its place.</summary>
    public sealed record SnapshotCreated(OffsetAndEpoch SnapshotId) : RaftInput;

    /// <summary>The log before the offset is gone, as the newest snapshot covers it.</summary>
    public sealed record LogStartAdvanced(long LogStartOffset) : RaftInput;

    /// <summary>The snapshot fetched from the leader is in its place and the log emptied; it held this voter set, if any.</summary>
    public sealed record SnapshotInstalled(OffsetAndEpoch SnapshotId, VoterSet? Voters, short KRaftVersion) : RaftInput;

    /// <summary>The leader adds, replaces or removes one voter (KIP-853).</summary>
    public sealed record ChangeVoters(VoterSet Voters) : RaftInput;

    /// <summary>Give up the leadership of the epoch.</summary>
    public sealed record Resign(int Epoch) : RaftInput;

    /// <summary>Leave the quorum in good order: a leader tells the others.</summary>
    public sealed record Shutdown(int TimeoutMs) : RaftInput;
}
