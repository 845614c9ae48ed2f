using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Replication;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>The node and its log directories (KIP-112, KIP-113, KIP-858): which are there, which failed, what the controller hears of them.</summary>
public sealed partial class Node
{
    private const string AllDirectories = "*";

    private readonly DirectoryAssignments _assignments;
    private readonly ReplicaMover _mover;
    private readonly LogDirectory _metadataDirectory;

    /// <summary>The directory of the metadata log: one of log.dirs, or one of its own, which is locked and checked as they are.</summary>
    private LogDirectory OpenMetadataDirectory(NodeConfiguration node)
    {
        var path = LogManager.Normalized(node.MetadataLogDir);
        var directory = _logs.DirectoryAt(path) ?? _logs.ClaimMetadataDirectory(path);
        if (!directory.IsOnline)
        {
            throw new InvalidDataException($"metadata.log.dir={path} cannot be used, and without its metadata the node cannot start; what failed there is logged above");
        }

        return directory.Properties?.ClusterId is null
            ? throw new InvalidDataException($"metadata.log.dir={path} is not formatted (there is no meta.properties with a cluster.id); run moldau storage format")
            : directory;
    }

    private (DirectoryAssignments Assignments, ReplicaMover Mover) UseDirectories(NodeConfiguration node)
    {
        var assignments = new DirectoryAssignments(AssignAsync, () => _loader.Image, _environment.Time, _environment.Logging.CreateLogger<DirectoryAssignments>());
        var mover = new ReplicaMover(
            _logs, assignments, () => _configuration.Current, _environment.Time, _environment.Workers, _environment.Logging.CreateLogger<ReplicaMover>());
        _replicas.UseDirectories(assignments, mover);
        Cordon(node);
        return (assignments, mover);
    }

    /// <summary>cordoned.log.dirs: directories that get no new partitions.</summary>
    private void Cordon(NodeConfiguration node)
    {
        var named = node.List("cordoned.log.dirs");
        var isAll = named.Contains(AllDirectories);
        _logs.SetCordoned(directory => isAll || named.Any(path => LogManager.Normalized(path) == directory.Path));
    }

    /// <summary>Null as long as this broker is not registered, or the controller does not answer.</summary>
    private async Task<AssignReplicasToDirsResponse?> AssignAsync(AssignReplicasToDirsRequest request)
    {
        if (_registrar is not { BrokerEpoch: >= 0 } registrar)
        {
            return null;
        }

        request.BrokerId = _configuration.Current.NodeId;
        request.BrokerEpoch = registrar.BrokerEpoch;
        var reply = await _controller.SubmitAsync((image, control) => ReassignmentManager.AssignDirectories(image, request, control), RequestOptions.Default);
        if (reply.IsError || reply.Response!.ErrorCode != ErrorCode.None)
        {
            _logger.LogInformation("the controller does not take the directories of replicas yet: {Error}", reply.IsError ? reply.Error.Message : reply.Response!.ErrorCode.Message());
            return null;
        }

        return reply.Response;
    }

    private List<Uuid> OfflineDirectories() => Ids(directory => !directory.IsOnline);

    private List<Uuid> CordonedDirectories() => Ids(directory => directory.IsOnline && directory.IsCordoned);

    private List<Uuid> Ids(Predicate<LogDirectory> isWanted)
    {
        List<Uuid> ids = [];
        foreach (var directory in _logs.Directories)
        {
            if (directory.Id is { } id && isWanted(directory))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    /// <summary>Without its metadata, or without any place for logs, a node is of no use. Called on the thread that met the failure, when the directory is offline.</summary>
    private void OnDirectoryFailed(LogDirFailure failed)
    {
        if (failed.LogDirectory == _metadataDirectory.Path || !_logs.Directories.Any(directory => directory.IsOnline))
        {
            _failure.Fail(failed.Failure);
            return;
        }

        // The controller moves leaders away from it as soon as it hears.
        _registrar?.BeatNow();
    }
}
