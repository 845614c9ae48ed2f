using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class LogManager
{
    /// <summary>
    /// Locks the directories, reads who they belong to and what is in them. After a stop in good order that is all: logs open when they are used.
    /// Otherwise every log is checked from its recovery point on,
    /// on as many workers as the options allow. A directory that fails is offline; none left is an error.
    /// </summary>
    /// <param name="topicConfig">The configuration of a topic's logs; the default for topics that are not known.</param>
    /// <exception cref="InvalidOperationException">A directory is in use by another process, is not a directory of this node, or none works.</exception>
    public async Task StartAsync(Func<TopicName, LogConfig> topicConfig)
    {
        configOf = topicConfig;
        foreach (var path in options.LogDirectories.Distinct(StringComparer.Ordinal))
        {
            var directory = new LogDirectory(environment.Disk, path.TrimEnd('/'));
            directories.Add(directory);
            Attempt(() => Claim(directory), directory.Path);
        }

        foreach (var directory in directories.Where(directory => directory.IsOnline).ToArray())
        {
            ConcurrentQueue<Action> recoveries = new();
            Attempt(() => Discover(directory, recoveries), directory.Path);
            await Recover(directory, recoveries);
        }

        if (directories.TrueForAll(directory => !directory.IsOnline))
        {
            throw new InvalidOperationException($"none of the log directories {string.Join(", ", options.LogDirectories)} can be used");
        }

        StartTimer();
        Cleaner.Start();
    }

    private void Claim(LogDirectory directory)
    {
        var disk = environment.Disk;
        if (!disk.DirectoryExists(directory.Path))
        {
            disk.CreateDirectory(directory.Path);
            disk.SyncDirectory(AtomicFile.Parent(directory.Path));
        }

        directory.Lock = disk.TryLock($"{directory.Path}/{LogFileNames.Lock}")
            ?? throw new InvalidOperationException($"log directory {directory.Path} is in use by another process (its {LogFileNames.Lock} is held)");
        directory.Properties = ReadProperties(directory.Path);
        directory.Id = directory.Properties?.DirectoryId;
        if (options.ClusterId is { } cluster && directory.Properties?.ClusterId is { } storedCluster && cluster != storedCluster)
        {
            throw new InvalidOperationException($"log directory {directory.Path} belongs to cluster {storedCluster}, this node to cluster {cluster}");
        }

        if (options.NodeId is { } node && directory.Properties?.NodeId is { } storedNode && node != storedNode)
        {
            throw new InvalidOperationException($"log directory {directory.Path} belongs to node {storedNode}, this is node {node}");
        }

        if (CleanShutdownFile.Read(disk, directory.Path) is { } epoch)
        {
            directory.WasClean = true;
            directory.PreviousBrokerEpoch = epoch;
            CleanShutdownFile.Delete(disk, directory.Path);
        }
    }

    private MetaProperties? ReadProperties(string path)
    {
        try
        {
            return MetaProperties.Read(environment.Disk, path);
        }
        catch (CorruptFileException exception)
        {
            throw new InvalidOperationException($"log directory {path} cannot be used: {exception.Message}", exception);
        }
    }

    private void Discover(LogDirectory directory, ConcurrentQueue<Action> recoveries)
    {
        var recoveryPoints = ReadOffsets(directory.RecoveryPoints);
        var logStarts = ReadOffsets(directory.LogStarts);
        var cleaned = ReadOffsets(directory.Cleaned);
        foreach (var entry in environment.Disk.List(directory.Path))
        {
            if (!entry.IsDirectory || entry.Name == LogFileNames.RemoteIndexCache)
            {
                continue;
            }

            if (!LogFileNames.TryParseDirectory(entry.Name, out var partition))
            {
                environment.Logger.LogWarning("{Path}/{Name} is not the directory of a partition and is left alone", directory.Path, entry.Name);
                continue;
            }

            var kind = LogFileNames.DirectoryKind(entry.Name);
            var path = $"{directory.Path}/{entry.Name}";
            if (kind == PartitionDirectoryKind.Deleted)
            {
                DeleteLater(path, configOf(partition.Topic).FileDeleteDelayMs);
            }
            else if (kind is PartitionDirectoryKind.Current or PartitionDirectoryKind.Future && partition.Topic != LogFileNames.MetadataTopic)
            {
                var isEndKnown = directory.WasClean && recoveryPoints.ContainsKey(partition);
                var state = new LogLoadState(logStarts.GetValueOrDefault(partition), recoveryPoints.GetValueOrDefault(partition), directory.WasClean,
                    isEndKnown, cleaned.GetValueOrDefault(partition));
                Admit(directory, partition, path, state, kind == PartitionDirectoryKind.Future, recoveries);
            }
        }
    }

    private void Admit(LogDirectory directory, TopicPartition partition, string path, LogLoadState state, bool isFuture, ConcurrentQueue<Action> recoveries)
    {
        void OpenLog()
        {
            var log = PartitionLog.Open(environment, partition, path, configOf(partition.Topic), state);
            log.TopicId = PartitionMetadataFile.Read(environment.Disk, path);
            if (!(isFuture ? futureLogs : logs).TryAdd(partition, log))
            {
                var other = (isFuture ? futureLogs : logs)[partition].Directory;
                throw new InvalidOperationException($"there are two directories of {partition}: {path} and {other}");
            }
        }

        if (state.IsEndKnown)
        {
            OpenLog();
        }
        else
        {
            recoveries.Enqueue(() => Attempt(OpenLog, directory.Path));
        }
    }

    private async Task Recover(LogDirectory directory, ConcurrentQueue<Action> recoveries)
    {
        if (recoveries.IsEmpty)
        {
            return;
        }

        var total = recoveries.Count;
        environment.Logger.LogInformation("{Directory}: {Count} logs are checked{Why}", directory.Path, total, directory.WasClean ? ""
            : ", as the node did not stop in good order");

        void Drain()
        {
            while (directory.IsOnline && recoveries.TryDequeue(out var recover))
            {
                recover();
            }
        }

        if (environment.Workers is not { } workers)
        {
            Drain();
            return;
        }

        var running = new Task[Math.Min(total, Math.Max(1, options.RecoveryThreadsPerDataDir))];
        for (var i = 0; i < running.Length; i++)
        {
            running[i] = workers.CallAsync(Drain);
        }

        await Task.WhenAll(running);
        environment.Logger.LogInformation("{Directory}: {Count} logs are ready", directory.Path, total);
    }

    /// <summary>Reads one of the checkpoints of a directory; one that is corrupt is logged and taken for empty.</summary>
    public Dictionary<TopicPartition, long> ReadOffsets(OffsetCheckpointFile file)
    {
        try
        {
            return file.Read();
        }
        catch (CorruptFileException exception)
        {
            environment.Logger.LogWarning("{Reason}. The offsets in it are taken for unknown.", exception.Message);
            return [];
        }
    }
}
