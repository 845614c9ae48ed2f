using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>One of the node's log directories: its identity, its lock and its checkpoints. Safe for all threads.</summary>
public sealed class LogDirectory
{
    private volatile bool isOnline = true;
    private volatile bool isCordoned;
    private int logCount;

    internal LogDirectory(IDisk disk, string path)
    {
        Path = path;
        RecoveryPoints = new OffsetCheckpointFile(disk, $"{path}/{LogFileNames.RecoveryPointCheckpoint}");
        LogStarts = new OffsetCheckpointFile(disk, $"{path}/{LogFileNames.LogStartCheckpoint}");
        HighWatermarks = new OffsetCheckpointFile(disk, $"{path}/{LogFileNames.ReplicationCheckpoint}");
        Cleaned = new OffsetCheckpointFile(disk, $"{path}/{LogFileNames.CleanerCheckpoint}");
    }

    public string Path { get; }

    /// <summary>The id in <c>meta.properties</c>; null in a directory that has none.</summary>
    public Uuid? Id { get; internal set; }

    /// <summary>What <c>meta.properties</c> says; null when the directory is not formatted.</summary>
    public MetaProperties? Properties { get; internal set; }

    /// <summary>False after a failure, until the node starts again.</summary>
    public bool IsOnline => isOnline;

    /// <summary>The node stopped in good order the last time.</summary>
    public bool WasClean { get; internal set; }

    /// <summary>The broker's epoch at that stop; -1 when unknown.</summary>
    public long PreviousBrokerEpoch { get; internal set; } = CleanShutdownFile.UnknownBrokerEpoch;

    public OffsetCheckpointFile RecoveryPoints { get; }

    public OffsetCheckpointFile LogStarts { get; }

    /// <summary>The replica manager's: high watermarks, written by it.</summary>
    public OffsetCheckpointFile HighWatermarks { get; }

    /// <summary>The cleaner's.</summary>
    public OffsetCheckpointFile Cleaned { get; }

    /// <summary>Gets no new partitions (<c>cordoned.log.dirs</c>).</summary>
    public bool IsCordoned
    {
        get => isCordoned;
        internal set => isCordoned = value;
    }

    /// <summary>How many logs lie here, those that move here with them.</summary>
    public int LogCount => Volatile.Read(ref logCount);

    internal IDisposable? Lock { get; set; }

    /// <summary>Logs came or went since the checkpoints were written.</summary>
    internal bool HasOtherLogs { get; set; } = true;

    internal void Count(int change)
    {
        Interlocked.Add(ref logCount, change);
        HasOtherLogs = true;
    }

    internal void SetOffline() => isOnline = false;
}
