using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class LogManager
{
    /// <summary>After how many logs, or each tenth of them, the progress of a recovery is told.</summary>
    private const int ProgressStep = 1000;

    private LogDirectory? metadataDirectory;

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
        foreach (var path in options.LogDirectories)
        {
            var directory = new LogDirectory(environment.Disk, Normalized(path));
            if (directories.Exists(other => other.Path == directory.Path))
            {
                throw new InvalidOperationException($"log.dirs names {directory.Path} twice: {string.Join(", ", options.LogDirectories)}");
            }

            directories.Add(directory);
            Attempt(() => Claim(directory), directory.Path);
        }

        RequireOneOwner();
        foreach (var directory in directories.Where(directory => directory.IsOnline).ToArray())
        {
            ConcurrentQueue<Action> opens = new();
            Attempt(() => Discover(directory, opens), directory.Path);
            await Open(directory, opens);
        }

        if (directories.TrueForAll(directory => !directory.IsOnline))
        {
            throw new InvalidOperationException($"none of the log directories {string.Join(", ", options.LogDirectories)} can be used");
        }

        StartTimer();
        Cleaner.Start();
    }

    /// <summary>The path of a log directory as it is compared and told.</summary>
    public static string Normalized(string path) => path.Length > 1 ? path.TrimEnd('/') : path;

    /// <summary>Takes a directory that holds the metadata log only (<c>metadata.log.dir</c> outside of <c>log.dirs</c>): locks it and reads whose it is. It is let go of with the others.</summary>
    /// <exception cref="DiskException">It cannot be read.</exception>
    /// <exception cref="InvalidOperationException">It is in use by another process, or is not a directory of this node.</exception>
    public LogDirectory ClaimMetadataDirectory(string path)
    {
        var directory = new LogDirectory(environment.Disk, Normalized(path));
        metadataDirectory = directory;
        Claim(directory);
        RequireOneOwner();
        return directory;
    }

    /// <summary>Two directories with one id, or of two clusters, are copies or strangers: which of them holds what was acknowledged cannot be told.</summary>
    private void RequireOneOwner()
    {
        var formatted = directories.Where(directory => directory.Properties is not null).ToList();
        if (metadataDirectory is { Properties: not null } && !formatted.Contains(metadataDirectory))
        {
            formatted.Add(metadataDirectory);
        }

        for (var i = 0; i < formatted.Count; i++)
        {
            var (properties, first) = (formatted[i].Properties!, formatted[0].Properties!);
            if (properties.ClusterId != first.ClusterId)
            {
                throw new InvalidOperationException(
                    $"log directory {formatted[i].Path} belongs to cluster {properties.ClusterId}, {formatted[0].Path} to cluster {first.ClusterId}: all must be of one cluster");
            }

            if (formatted[i].Id is { } id && formatted.Find(other => other.Id == id) is { } twin && twin != formatted[i])
            {
                throw new InvalidOperationException(
                    $"log directories {twin.Path} and {formatted[i].Path} have the same directory.id {id}: one is a copy of the other. Take it out of log.dirs, or format it anew");
            }
        }
    }

    private void Claim(LogDirectory directory)
    {
        var disk = environment.Disk;
        if (!disk.DirectoryExists(directory.Path))
        {
            disk.CreateDirectoryDurably(directory.Path);
        }

        directory.Lock = disk.TryLock($"{directory.Path}/{LogFileNames.Lock}")
            ?? throw new InvalidOperationException($"log directory {directory.Path} is in use by another process (its {LogFileNames.Lock} is held)");
        directory.Properties = WithDirectoryId(directory, ReadProperties(directory.Path));
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
        }

        CleanShutdownFile.Delete(disk, directory.Path);
    }

    /// <summary>A directory that was formatted before KIP-858 gets its id now, for good.</summary>
    private MetaProperties? WithDirectoryId(LogDirectory directory, MetaProperties? stored)
    {
        if (stored is null or { DirectoryId: not null } or { Version: 0 })
        {
            return stored;
        }

        Span<byte> random = stackalloc byte[Uuid.SizeBytes];
        environment.Entropy.Fill(random);
        var complete = stored with { DirectoryId = Uuid.FromRandom(random) };
        complete.Write(environment.Disk, directory.Path, environment.Time.GetUtcNow());
        environment.Logger.LogInformation("{Directory} had no directory.id and is given {Id}", directory.Path, complete.DirectoryId);
        return complete;
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

    private void Discover(LogDirectory directory, ConcurrentQueue<Action> opens)
    {
        var recoveryPoints = ReadOffsets(directory.RecoveryPoints);
        var logStarts = ReadOffsets(directory.LogStarts);
        var cleaned = ReadOffsets(directory.Cleaned);
        var names = new Dictionary<string, TopicName>(StringComparer.Ordinal);
        var strays = 0;
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

            // All partitions of a topic have one name in memory.
            if (!names.TryGetValue(partition.Topic, out var topic))
            {
                names[partition.Topic] = topic = partition.Topic;
            }

            partition = partition with { Topic = topic };
            var kind = LogFileNames.DirectoryKind(entry.Name);
            var path = $"{directory.Path}/{entry.Name}";
            switch (kind)
            {
                case PartitionDirectoryKind.Deleted:
                    DeleteLater(path, configOf(topic).FileDeleteDelayMs);
                    break;
                case PartitionDirectoryKind.Stray:
                    strays++;
                    break;
                case PartitionDirectoryKind.Current or PartitionDirectoryKind.Future when topic != LogFileNames.MetadataTopic:
                    var isEndKnown = directory.WasClean && recoveryPoints.ContainsKey(partition);
                    var state = new LogLoadState(logStarts.GetValueOrDefault(partition), recoveryPoints.GetValueOrDefault(partition), directory.WasClean,
                        isEndKnown, cleaned.GetValueOrDefault(partition));
                    opens.Enqueue(() => Attempt(() => Open(directory, partition, path, state, kind == PartitionDirectoryKind.Future), path));
                    break;
            }
        }

        if (strays > 0)
        {
            environment.Logger.LogWarning("{Directory} keeps {Count} -stray directories of partitions that the cluster does not place here; remove them when nobody misses them",
                directory.Path, strays);
        }
    }

    private void Open(LogDirectory directory, TopicPartition partition, string path, LogLoadState state, bool isFuture)
    {
        var topicId = PartitionMetadataFile.Read(environment.Disk, path);
        if (!state.IsClean && state is { LogStartOffset: 0, RecoveryPoint: 0 } && !environment.Disk.List(path).Any(entry => LogFileNames.TryOffset(entry.Name, out _)))
        {
            // Nobody has used it before the node was killed, so that there is nothing to check.
            state = LogLoadState.Empty;
        }

        var log = PartitionLog.Open(environment, partition, path, configOf(partition.Topic), state);
        log.TopicId = topicId;
        log.LogDirectory = directory.Path;
        if (!(isFuture ? futureLogs : logs).TryAdd(partition, log))
        {
            var other = (isFuture ? futureLogs : logs)[partition].Directory;
            throw new InvalidOperationException(
                $"there are two directories of {partition}: {path} and {other}. A move between log directories was cut off, or a failed directory has come back: remove the one in "
                + "the directory that failed last");
        }

        directory.Count(1);
    }

    /// <summary>Opens what was found, on as many workers as the options allow; after a stop in good order nothing but the topic ids is read.</summary>
    private async Task Open(LogDirectory directory, ConcurrentQueue<Action> opens)
    {
        var total = opens.Count;
        if (total == 0)
        {
            return;
        }

        if (!directory.WasClean)
        {
            environment.Logger.LogInformation("{Directory}: {Count} logs are checked, as the node did not stop in good order", directory.Path, total);
        }

        var step = Math.Max(ProgressStep, total / 10);
        var done = 0;
        void Drain()
        {
            while (directory.IsOnline && opens.TryDequeue(out var open))
            {
                open();
                var now = Interlocked.Increment(ref done);
                if (now % step == 0 && !directory.WasClean)
                {
                    environment.Logger.LogInformation("{Directory}: {Done} of {Count} logs are ready", directory.Path, now, total);
                }
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
