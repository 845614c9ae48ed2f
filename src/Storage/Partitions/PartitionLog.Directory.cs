using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>Taken last, around the moment in which the directory has neither name or both.</summary>
    private readonly Lock renaming = new();

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
                lock (renaming)
                {
                    environment.Disk.Move(Directory, to);
                    Directory = to;
                    Epochs.DirectoryMoved(to);
                    producers?.DirectoryMoved(to);
                    foreach (var segment in segments)
                    {
                        segment.DirectoryMoved(to);
                    }
                }

                environment.Disk.SyncDirectory(AtomicFile.Parent(to));
            });
        }
    }

    /// <summary>
    /// Runs what works on files without the log's lock. When their directory has got another name meanwhile it is done again, and when the log is being deleted there is nothing left to keep.
    /// Any other failure puts the log directory offline.
    /// </summary>
    private void WhereverItIs(Action<PartitionLog, long, long> operation, long from, long to)
    {
        while (true)
        {
            var directory = Directory;
            try
            {
                operation(this, from, to);
                return;
            }
            catch (DiskException exception) when (exception.Kind == DiskErrorKind.NotFound && (IsLeaving() || HasLeft(directory)))
            {
                if (IsLeaving())
                {
                    return;
                }
            }
            catch (DiskException exception)
            {
                throw Failed(exception);
            }
        }
    }

    private bool HasLeft(string directory)
    {
        lock (renaming)
        {
            return !string.Equals(Directory, directory, StringComparison.Ordinal);
        }
    }

    /// <summary>Waits for a rename of the directory that is under way.</summary>
    private bool IsLeaving()
    {
        lock (renaming)
        {
            return closed || LogFileNames.DirectoryKind(Directory) == PartitionDirectoryKind.Deleted;
        }
    }
}
