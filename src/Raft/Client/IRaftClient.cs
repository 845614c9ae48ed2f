using Moldau.Core;

namespace Moldau.Raft;

/// <summary>The metadata log as controller and loader use it. Any thread may call it; listeners are called on the client's own serial queue.</summary>
public interface IRaftClient
{
    int NodeId { get; }

    /// <summary>The id of this replica's metadata directory.</summary>
    Uuid DirectoryId { get; }

    /// <summary>The leader this node knows now.</summary>
    LeaderAndEpoch Leader { get; }

    /// <summary>The offset below which everything is committed; null until the leader said so.</summary>
    long? HighWatermark { get; }

    /// <summary>The offset the next append will have.</summary>
    long LogEndOffset { get; }

    /// <summary>The newest snapshot on the disk.</summary>
    OffsetAndEpoch? LatestSnapshotId { get; }

    /// <summary>The finalized level of the feature kraft.version.</summary>
    short KRaftVersion { get; }

    /// <summary>Adds a listener; it gets the newest snapshot and all committed batches, then the leader.</summary>
    void Register(IRaftListener listener);

    /// <summary>Removes a listener; a call that is under way ends.</summary>
    void Unregister(IRaftListener listener);

    /// <summary>
    /// Appends framed records as one batch, all or nothing, and returns the offset of the last one. They count once a listener got them by
    /// <see cref="IRaftListener.HandleCommit"/>; when the leadership is lost first they may vanish. The commit never comes before this call has returned on
    /// the same thread. The bytes belong to the log from now on.
    /// </summary>
    /// <exception cref="NotLeaderException">This node does not lead <paramref name="epoch"/> (any more): nothing was appended.</exception>
    /// <exception cref="RecordBatchTooLargeException">The records do not fit into one batch.</exception>
    long ScheduleAppend(int epoch, IReadOnlyList<ReadOnlyMemory<byte>> records);

    /// <summary>Gives up the leadership of the epoch; nothing happens when it is over already. What the controller calls when replaying fails.</summary>
    void Resign(int epoch);

    /// <summary>
    /// Starts a snapshot of the state up to <paramref name="snapshotId"/>, whose offset is that after the last batch contained; null when it exists already or
    /// an older one than the newest is asked for.
    /// </summary>
    /// <exception cref="ArgumentException">The offset is above the high watermark, or within a batch, or the epoch is not that of the offset.</exception>
    ISnapshotWriter? CreateSnapshot(OffsetAndEpoch snapshotId, long lastContainedLogTimestampMs);

    /// <summary>The state of the quorum as DescribeQuorum shows it. Only the leader knows the others' progress.</summary>
    QuorumDescription DescribeQuorum();
}
