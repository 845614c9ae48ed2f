using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>What <c>log-start-offset-checkpoint</c> must say: nothing when the first segment's name says it already.</summary>
    internal long? LogStartForCheckpoint
    {
        get
        {
            var start = StartOffset;
            var list = segments;
            return config.IsRemoteEnabled || (list.Count > 0 ? start > list[0].BaseOffset : start > 0) ? start : null;
        }
    }

    /// <summary>The directory's checkpoints say of this log what is so.</summary>
    internal bool IsInCheckpoint => checkpointedRecoveryPoint == RecoveryPoint && checkpointedLogStart == StartOffset;

    /// <summary>A log that has not been looked at may still have something that retention takes; an empty one has not.</summary>
    internal bool MayHoldOldSegments => loaded || !loadState.IsEndKnown || loadState.RecoveryPoint > loadState.LogStartOffset;

    /// <summary>What the directory's checkpoints must say from now on: the recovery point, and the log start where it has to be told.</summary>
    internal (long RecoveryPoint, long? LogStart) ForCheckpoint()
    {
        checkpointedRecoveryPoint = RecoveryPoint;
        checkpointedLogStart = StartOffset;
        return (checkpointedRecoveryPoint, LogStartForCheckpoint);
    }

    /// <summary>Bytes of all segments. Those of a log that nobody has used are looked at in the directory, and the log stays as it is.</summary>
    /// <exception cref="DiskException">The directory failed.</exception>
    public long SizeOnDisk()
    {
        if (loaded)
        {
            return SizeInBytes;
        }

        var size = 0L;
        foreach (var entry in environment.Disk.List(Directory))
        {
            if (!entry.IsDirectory && entry.Name.EndsWith(LogFileNames.LogSuffix, StringComparison.Ordinal))
            {
                using var file = environment.Disk.Open($"{Directory}/{entry.Name}", DiskOpenMode.Read);
                size += file.Length;
            }
        }

        return size;
    }

    /// <summary>Lets a copy of this log take its place while nothing can be appended; afterwards this log refuses appends.</summary>
    internal void HandOver(Action replace)
    {
        lock (gate)
        {
            replace();
            isReplaced = true;
            SyncEnded = null;
        }
    }

    /// <summary>Gives the partition's directory another name. Reads that are under way go on.</summary>
    internal void RenameDirectory(string to)
    {
        lock (gate)
        {
            AbortCleaning();
            Guarded(() =>
            {
                environment.Disk.Move(Directory, to);
                environment.Disk.SyncDirectory(AtomicFile.Parent(to));
                Directory = to;
                Epochs.DirectoryMoved(to);
                producers?.DirectoryMoved(to);
                foreach (var segment in segments)
                {
                    segment.DirectoryMoved(to);
                }
            });
        }
    }
}
