namespace Moldau.Storage;

/// <summary>Where a log is on its way through the <see cref="GroupCommit"/> of its directory.</summary>
internal enum SyncState
{
    Idle,

    /// <summary>It waits for a worker; whoever comes now is of its group.</summary>
    Queued,

    /// <summary>A worker syncs it.</summary>
    Running,

    /// <summary>A worker syncs it, and somebody has come since: another group follows.</summary>
    RunningAgain,
}
