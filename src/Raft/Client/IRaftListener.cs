namespace Moldau.Raft;

/// <summary>
/// What follows the committed metadata: the controller and the metadata loader. All calls to all listeners of a client come one after the other on its serial
/// queue, in log order. A listener hands its work to its own queue when it may block. An exception that escapes stops the replica.
/// </summary>
public interface IRaftListener
{
    /// <summary>
    /// Committed batches, in order, each exactly once from the listener's position on. Control batches are among them, with no records. The record bytes are
    /// owned by the batch and stay valid.
    /// </summary>
    void HandleCommit(IReadOnlyList<CommittedBatch> batches);

    /// <summary>
    /// The listener is behind the start of the log, or new: it replaces its state by the snapshot's. Commits go on at the snapshot's end offset. The formatted
    /// directory's snapshot (<see cref="OffsetAndEpoch.Bootstrap"/>) comes this way too.
    /// </summary>
    void HandleLoadSnapshot(RaftSnapshot snapshot);

    /// <summary>
    /// The leader or the epoch changed. When the leader is this node, all batches of earlier epochs have been handed out before: the listener may append from
    /// now on with this epoch.
    /// </summary>
    void HandleLeaderChange(LeaderAndEpoch leader);

    /// <summary>The last call: the client has stopped.</summary>
    void HandleShutdown();
}
