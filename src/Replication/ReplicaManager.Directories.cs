using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>The replicas and the log directories of this node: what the controller is told, and moves from one directory to another.</summary>
public sealed partial class ReplicaManager
{
    private const int DirectoryNameLengthMax = 255;
    private DirectoryAssignments? _assignments;
    private ReplicaMover? _mover;

    /// <summary>Before the first metadata: who tells the controller of directories, and who moves between them. Without them nothing is told and nothing moves.</summary>
    public void UseDirectories(DirectoryAssignments assignments, ReplicaMover mover)
    {
        _assignments = assignments;
        _mover = mover;
    }

    /// <summary>
    /// Moves a replica to another log directory, or gives a move up when it is named the one where the replica is (KIP-113). For one that is not here yet the directory is kept in mind, and
    /// the answer is REPLICA_NOT_AVAILABLE. Any thread that may block.
    /// </summary>
    public ErrorCode MoveTo(TopicPartition id, string path)
    {
        if (LogFileNames.FutureDirectory(id, Guid.Empty).Length > DirectoryNameLengthMax)
        {
            return ErrorCode.InvalidTopicException;
        }

        if (_logs.DirectoryAt(LogManager.Normalized(path)) is not { } target)
        {
            return ErrorCode.LogDirNotFound;
        }

        if (!target.IsOnline)
        {
            return ErrorCode.KafkaStorageError;
        }

        if (target.IsCordoned)
        {
            return ErrorCode.InvalidReplicaAssignment;
        }

        try
        {
            return MoveTo(id, target);
        }
        catch (DiskException failure)
        {
            _logger.LogError(failure, "{Partition} cannot move to {Directory}: {Reason}", id, path, failure.Message);
            return ErrorCode.KafkaStorageError;
        }
    }

    private ErrorCode MoveTo(TopicPartition id, LogDirectory target)
    {
        if (!_partitions.TryGetValue(id, out var partition))
        {
            if (_withoutLog.ContainsKey(id))
            {
                return ErrorCode.KafkaStorageError;
            }

            _logs.Prefer(id, target);
            return _image.Topics.Find(id.Topic)?.Partition(id.Partition) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.ReplicaNotAvailable;
        }

        if (partition.IsOffline)
        {
            return ErrorCode.KafkaStorageError;
        }

        var future = _logs.FindFuture(id);
        if (future is not null && future.LogDirectory != target.Path)
        {
            _mover?.Cancel(id);
        }

        if (partition.Log.LogDirectory == target.Path)
        {
            return ErrorCode.None;
        }

        if (_logs.Directories.Any(directory => !directory.IsOnline))
        {
            // The directory that failed may have a copy of its own.
            return ErrorCode.KafkaStorageError;
        }

        _mover?.Start(partition, _logs.GetOrCreateFuture(partition.Log, target), isAccepted: false);
        return ErrorCode.None;
    }

    /// <summary>With the first metadata: copies whose log is gone take its place, when nothing says that it is only out of reach.</summary>
    private void AdoptFutureLogs()
    {
        var isComplete = _logs.Directories.All(directory => directory.IsOnline);
        foreach (var future in _logs.FutureLogs)
        {
            var named = _image.Topics.Find(future.Partition.Topic)?.Partition(future.Partition.Partition)?.DirectoryOf(_brokerId);
            if (isComplete || named == _logs.DirectoryOf(future).Id)
            {
                Attempt(future.Partition, () => _logs.AdoptFuture(future.Partition));
            }
        }
    }

    /// <summary>A replica has been opened: the controller hears where it is, and a move that was cut off goes on.</summary>
    private void Settle(Partition partition, Uuid directory)
    {
        if (_logs.DirectoryAt(partition.Log.LogDirectory)?.Id is not { } home || _assignments is null)
        {
            return;
        }

        if (_logs.FindFuture(partition.Id) is { } future && _mover is not null)
        {
            _mover.Start(partition, future, isAccepted: directory == _logs.DirectoryOf(future).Id);
        }
        else if (home != directory && _image.MetadataVersion.IsDirectoryAssignmentSupported)
        {
            _assignments.Assign(partition.TopicId, partition.Id.Partition, home);
        }
    }
}
