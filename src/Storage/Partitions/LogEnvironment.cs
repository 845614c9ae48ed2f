using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>What the logs of a node share: files, time, workers, and where failures are told. One object per node; safe for all threads.</summary>
public sealed class LogEnvironment
{
    private const long NoSpaceIntervalMs = 60_000;

    private readonly Dictionary<string, GroupCommit> commits = new(StringComparer.Ordinal);
    private readonly Lock namesGate = new();
    private readonly HashSet<string> unsyncedNames = new(StringComparer.Ordinal);
    private volatile bool hasUnsyncedNames;
    private readonly Dictionary<string, long> toldNoSpaceMs = new(StringComparer.Ordinal);

    /// <param name="files">The open files of all logs, and the disk they are on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="entropy">For unique directory names and roll jitter.</param>
    /// <param name="workers">Runs what may wait for the device after an append has been answered; null runs it at once, on the caller's thread.</param>
    /// <param name="logger">Where people read.</param>
    public LogEnvironment(OpenFiles files, TimeProvider time, IEntropy entropy, IWorkers? workers = null, ILogger? logger = null)
    {
        Files = files;
        Time = time;
        Entropy = entropy;
        Workers = workers;
        Logger = logger ?? NullLogger.Instance;
    }

    public OpenFiles Files { get; }

    public IDisk Disk => Files.Disk;

    public TimeProvider Time { get; }

    public IEntropy Entropy { get; }

    public IWorkers? Workers { get; }

    public ILogger Logger { get; }

    /// <summary>Files and directories that wait for file.delete.delay.ms.</summary>
    public DelayedDeletes Deletes { get; } = new();

    /// <summary>Raised when an operation failed in a way that puts the whole log directory in doubt: it must go offline. Called on the thread that had the
    /// failure.</summary>
    public event Action<LogDirFailure>? DirectoryFailed;

    /// <summary>Raised when a log was cut at its end or begun anew, under its lock.</summary>
    internal event Action<PartitionLog>? LogCut;

    /// <summary>The group commits of a log directory.</summary>
    internal GroupCommit CommitsOf(string logDirectory)
    {
        lock (commits)
        {
            if (!commits.TryGetValue(logDirectory, out var found))
            {
                found = new GroupCommit(this);
                commits.Add(logDirectory, found);
            }

            return found;
        }
    }

    internal long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    internal void Fail(string logDirectory, DiskException failure)
    {
        CommitsOf(logDirectory).Stop();
        Logger.LogError(failure, "Log directory {Directory} goes offline: {Reason}", logDirectory, failure.Message);
        DirectoryFailed?.Invoke(new LogDirFailure(logDirectory, failure));
    }

    /// <summary>Partitions' directories were made whose names the device may not have yet: one sync serves all that are made together.</summary>
    internal void NamesChanged(string logDirectory)
    {
        lock (namesGate)
        {
            unsyncedNames.Add(logDirectory);
            hasUnsyncedNames = true;
        }
    }

    /// <summary>Has the names of all partitions in the log directory on the device; before the first record of a new one, and after many were made.</summary>
    internal void SyncNames(string logDirectory)
    {
        if (!hasUnsyncedNames)
        {
            return;
        }

        lock (namesGate)
        {
            if (unsyncedNames.Contains(logDirectory))
            {
                Disk.SyncDirectory(logDirectory);
                unsyncedNames.Remove(logDirectory);
                hasUnsyncedNames = unsyncedNames.Count > 0;
            }
        }
    }

    internal void Cut(PartitionLog log) => LogCut?.Invoke(log);

    internal void Later(Action work)
    {
        if (Workers is { } workers)
        {
            workers.Run(work);
        }
        else
        {
            work();
        }
    }

    /// <summary>A write was refused for want of space: said once a minute for each log directory.</summary>
    internal void TellNoSpace(string logDirectory, string message)
    {
        lock (commits)
        {
            if (toldNoSpaceMs.TryGetValue(logDirectory, out var told) && NowMs - told < NoSpaceIntervalMs)
            {
                return;
            }

            toldNoSpaceMs[logDirectory] = NowMs;
        }

        Logger.LogError("{Message}. Appends are refused until there is space; everything else goes on.", message);
    }

    internal Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Entropy.Fill(bytes);
        return new Guid(bytes);
    }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>; 0 when the bound is 0.</summary>
    internal long Jitter(long bound)
    {
        if (bound <= 0)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[8];
        Entropy.Fill(bytes);
        return (BitConverter.ToInt64(bytes) & long.MaxValue) % bound;
    }
}
