using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// All partitions' logs of a node: finds them at start, recovers those that need it, makes and deletes logs, and does by a timer what must be done from
/// time to time: checkpoints, retention, flush.ms,
/// expiry of producers, deletion of files that waited. The log of the metadata quorum belongs to the Raft engine and is left alone. Safe for all threads
/// once <see cref="StartAsync"/> has ended.
/// </summary>
public sealed partial class LogManager : IDisposable
{
    private readonly LogEnvironment environment;
    private readonly LogManagerOptions options;
    private readonly ConcurrentDictionary<TopicPartition, PartitionLog> logs = new();
    private readonly ConcurrentDictionary<TopicPartition, PartitionLog> futureLogs = new();
    private readonly List<LogDirectory> directories = [];
    private readonly Lock structure = new();
    private readonly Housekeeping housekeeping = new();
    private Func<TopicName, LogConfig> configOf = _ => LogConfig.Default;
    private ITimer? timer;
    private int ticking;
    private bool stopped;

    public LogManager(LogEnvironment environment, LogManagerOptions options)
    {
        this.environment = environment;
        this.options = options;
        Cleaner = new LogCleaner(this, environment, options.Cleaner);
        environment.DirectoryFailed += OnDirectoryFailed;
    }

    /// <summary>Raised after a directory went offline, with the partitions that went with it.</summary>
    public event Action<LogDirectory, IReadOnlyList<TopicPartition>>? DirectoryOffline;

    public IReadOnlyList<LogDirectory> Directories => directories;

    /// <summary>Compacts the logs; it begins when the directories have been looked at.</summary>
    public LogCleaner Cleaner { get; }

    /// <summary>All current logs.</summary>
    public ICollection<PartitionLog> Logs => logs.Values;

    /// <summary>The copies that move to another directory.</summary>
    public ICollection<PartitionLog> FutureLogs => futureLogs.Values;

    /// <summary>All current logs, one after the other, beside whatever comes and goes; costs no list.</summary>
    public IEnumerable<PartitionLog> EachLog()
    {
        foreach (var (_, log) in logs)
        {
            yield return log;
        }
    }

    public PartitionLog? Find(TopicPartition partition) => logs.GetValueOrDefault(partition);

    public PartitionLog? FindFuture(TopicPartition partition) => futureLogs.GetValueOrDefault(partition);

    /// <summary>The directory with this id; null when there is none here.</summary>
    public LogDirectory? DirectoryWithId(Uuid id) => directories.Find(directory => directory.Id == id);

    /// <summary>The directory that a log lies in.</summary>
    public LogDirectory DirectoryOf(PartitionLog log) => DirectoryAt(log.LogDirectory)!;

    /// <summary>The directory with this path; null when it is none of <c>log.dirs</c>.</summary>
    public LogDirectory? DirectoryAt(string path) => directories.Find(directory => directory.Path == path);

    /// <summary>
    /// Returns the partition's log; makes it, with <c>partition.metadata</c>, when there is none. A new log goes to <paramref name="directoryId"/>, or to
    /// the directory with the fewest.
    /// </summary>
    /// <exception cref="DiskException">The directory failed.</exception>
    /// <exception cref="InvalidOperationException">The log belongs to a topic with another id, or no directory is online.</exception>
    public PartitionLog GetOrCreate(TopicPartition partition, Uuid topicId, LogConfig config, Uuid? directoryId = null, bool isFuture = false)
    {
        lock (structure)
        {
            var map = isFuture ? futureLogs : logs;
            if (!map.TryGetValue(partition, out var log))
            {
                log = Create(partition, topicId, config, directoryId, isFuture);
                map[partition] = log;
                DirectoryOf(log).Count(1);
            }

            if (log.TopicId is { } known && known != topicId)
            {
                throw new InvalidOperationException($"{partition} in {log.Directory} belongs to topic id {known}, not {topicId}");
            }

            if (log.TopicId is null)
            {
                PartitionMetadataFile.Write(environment.Disk, log.Directory, topicId);
                log.TopicId = topicId;
            }

            return log;
        }
    }

    /// <summary>Has the directories of new logs on the device. Call it when some were made: <see cref="GetOrCreate"/> does not wait for the device, their first use would.</summary>
    public void SyncNewLogs()
    {
        foreach (var directory in directories)
        {
            if (directory.IsOnline)
            {
                Attempt(() => environment.SyncNames(directory.Path), directory.Path);
            }
        }
    }

    /// <summary>Takes a topic's changed configuration.</summary>
    public void UpdateConfig(TopicName topic, LogConfig config)
    {
        foreach (var log in logs.Values.Concat(futureLogs.Values))
        {
            if (log.Partition.Topic == topic)
            {
                log.UpdateConfig(config);
            }
        }
    }

    /// <summary>Takes the log out of service at once; its directory is renamed to <c>-delete</c> and goes after file.delete.delay.ms. False when there was
    /// none.</summary>
    public bool Delete(TopicPartition partition, bool isFuture = false) => TakeOut([partition], isFuture, isStray: false) > 0;

    /// <summary>The same for many at once, with what of them moves to another directory: the checkpoints are written once.</summary>
    public void Delete(IReadOnlyCollection<TopicPartition> partitions)
    {
        TakeOut(partitions, isFuture: false, isStray: false);
        if (!futureLogs.IsEmpty)
        {
            TakeOut(partitions, isFuture: true, isStray: false);
        }
    }

    /// <summary>Takes a log out of service that the cluster does not place here; its directory is renamed to <c>-stray</c> and kept.</summary>
    public bool SetStray(TopicPartition partition, bool isFuture = false) => TakeOut([partition], isFuture, isStray: true) > 0;

    /// <summary>
    /// Stops in good order: everything durable, checkpoints, and the marker that lets the next start trust them, in each directory that is online.
    /// </summary>
    public void Shutdown(long brokerEpoch = CleanShutdownFile.UnknownBrokerEpoch)
    {
        lock (structure)
        {
            if (stopped)
            {
                return;
            }

            stopped = true;
        }

        timer?.Dispose();
        Cleaner.Stop();
        foreach (var (_, log) in logs.Concat(futureLogs))
        {
            Attempt(log.Close, log.Directory);
        }

        foreach (var directory in directories)
        {
            if (directory.IsOnline)
            {
                Attempt(() => WriteCheckpoints(directory), directory.Path);
                Attempt(() => CleanShutdownFile.Write(environment.Disk, directory.Path, brokerEpoch), directory.Path);
            }
        }

        Unlock();
    }

    /// <summary>
    /// Lets go of the directories as they are: nothing is written, and the next start checks what needs it. For a node that did not get up, or that must not go on.
    /// </summary>
    public void Abandon()
    {
        lock (structure)
        {
            if (stopped)
            {
                return;
            }

            stopped = true;
        }

        timer?.Dispose();
        Cleaner.Stop();
        foreach (var (_, log) in logs.Concat(futureLogs))
        {
            log.CloseWithoutFlush();
        }

        Unlock();
    }

    /// <summary>As <see cref="Shutdown"/>.</summary>
    public void Dispose() => Shutdown();

    private void Unlock()
    {
        foreach (var directory in directories)
        {
            directory.Lock?.Dispose();
        }

        metadataDirectory?.Lock?.Dispose();
    }

    private int TakeOut(IReadOnlyCollection<TopicPartition> partitions, bool isFuture, bool isStray)
    {
        var count = 0;
        DiskException? failure = null;
        lock (structure)
        {
            foreach (var partition in partitions)
            {
                if (!(isFuture ? futureLogs : logs).TryRemove(partition, out var log))
                {
                    continue;
                }

                count++;
                DirectoryOf(log).Count(-1);
                var unique = environment.NewGuid();
                try
                {
                    Discard(log, isStray ? LogFileNames.StrayDirectory(partition, unique) : LogFileNames.DeleteDirectory(partition, unique), keep: isStray);
                }
                catch (DiskException exception)
                {
                    // The others do not stay for this one.
                    failure = exception;
                }

                if (!isFuture)
                {
                    Cleaner.Forget(DirectoryOf(log), partition);
                }
            }

            if (count > 0)
            {
                // A log of the same name must not be taken for durable by what was known of this one.
                WriteChangedCheckpoints();
            }
        }

        return failure is null ? count : throw failure;
    }

    private void Discard(PartitionLog log, string name, bool keep = false)
    {
        log.RenameDirectory($"{log.LogDirectory}/{name}");
        log.CloseWithoutFlush();
        if (!keep)
        {
            DeleteLater(log.Directory, log.Config.FileDeleteDelayMs);
        }
    }

    private void DeleteLater(string path, long delayMs) => environment.Deletes.Add(environment.NowMs + delayMs, () =>
    {
        environment.Disk.DeleteDirectory(path);
        environment.Disk.SyncDirectory(AtomicFile.Parent(path));
    });

    private PartitionLog Create(TopicPartition partition, Uuid topicId, LogConfig config, Uuid? directoryId, bool isFuture)
    {
        preferred.Remove(partition, out var preference);
        var named = directoryId is { } id ? DirectoryWithId(id) : null;
        if ((preference is null ? named : DirectoryAt(preference)) is { } wanted)
        {
            return Create(partition, topicId, config, wanted, isFuture);
        }

        // A directory that fails is offline then, and the next one is tried.
        while (true)
        {
            var home = EmptiestDirectory();
            try
            {
                return Create(partition, topicId, config, home, isFuture);
            }
            catch (DiskException) when (!home.IsOnline && directories.Exists(directory => directory.IsOnline))
            {
            }
        }
    }

    private PartitionLog Create(TopicPartition partition, Uuid topicId, LogConfig config, LogDirectory home, bool isFuture)
    {
        var name = isFuture ? LogFileNames.FutureDirectory(partition, environment.NewGuid()) : LogFileNames.Directory(partition);
        var path = $"{home.Path}/{name}";
        try
        {
            var isNew = !environment.Disk.DirectoryExists(path);
            environment.Disk.CreateDirectory(path);
            environment.NamesChanged(home.Path);

            // What lies in a directory that could not be read at the start is checked from its first byte on; an empty one waits for its first record, which syncs what is written here.
            var log = PartitionLog.Open(environment, partition, path, config, isNew ? LogLoadState.Empty : LogLoadState.Unknown);
            if (isNew)
            {
                PartitionMetadataFile.WriteWithoutSync(environment.Disk, path, topicId);
            }
            else
            {
                PartitionMetadataFile.Write(environment.Disk, path, topicId);
            }

            log.TopicId = topicId;
            log.LogDirectory = home.Path;
            return log;
        }
        catch (DiskException exception) when (exception.Kind is not (DiskErrorKind.NoSpace or DiskErrorKind.Corrupt))
        {
            environment.Fail(home.Path, exception);
            throw;
        }
    }

    /// <summary>Where a new log goes: the directory with the fewest, and none that is cordoned while another is left.</summary>
    private LogDirectory EmptiestDirectory()
    {
        LogDirectory? best = null;
        foreach (var directory in directories)
        {
            if (directory.IsOnline && (best is null || (directory.IsCordoned, directory.LogCount).CompareTo((best.IsCordoned, best.LogCount)) < 0))
            {
                best = directory;
            }
        }

        return best ?? throw new InvalidOperationException($"none of the log directories {string.Join(", ", options.LogDirectories)} is online");
    }

    /// <summary>Does something to the files of a directory. A failure is logged and takes the directory offline, unless there was no space left.</summary>
    public void Attempt(LogDirectory directory, Action work) => Attempt(work, directory.Path);

    private void Attempt(Action work, string path)
    {
        try
        {
            work();
        }
        catch (CorruptFileException exception)
        {
            environment.Logger.LogError(exception, "{Reason}", exception.Message);
        }
        catch (DiskException exception)
        {
            environment.Logger.LogError(exception, "{Path}: {Reason}", path, exception.Message);
            var directory = directories.Find(candidate => path == candidate.Path || path.StartsWith(candidate.Path + '/', StringComparison.Ordinal));
            if (exception.Kind is not (DiskErrorKind.NoSpace or DiskErrorKind.Corrupt) && directory is { IsOnline: true })
            {
                environment.Fail(directory.Path, exception);
            }
        }
    }

    private void OnDirectoryFailed(LogDirFailure failure)
    {
        var directory = directories.Find(candidate => candidate.Path == failure.LogDirectory);
        if (directory is not { IsOnline: true })
        {
            return;
        }

        directory.SetOffline();
        environment.Logger.LogError("{Directory} is offline until the node starts again; {Count} logs are lost to it", directory.Path, directory.LogCount);
        var lost = new List<TopicPartition>();
        foreach (var (partition, log) in logs.Where(entry => entry.Value.LogDirectory == directory.Path))
        {
            lost.Add(partition);
            logs.TryRemove(partition, out _);
        }

        foreach (var partition in futureLogs.Where(entry => entry.Value.LogDirectory == directory.Path).Select(entry => entry.Key))
        {
            futureLogs.TryRemove(partition, out _);
        }

        DirectoryOffline?.Invoke(directory, lost);
    }
}
