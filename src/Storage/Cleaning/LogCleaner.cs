using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// Compacts the logs of a node whose cleanup.policy has compact: each of its workers takes the dirtiest log that is due, compacts it, and looks for the next; when none is due all rest for
/// log.cleaner.backoff.ms. Made by <see cref="LogManager"/>. Work is done on the environment's workers, in short steps, so that a compaction holds no thread for long; waiting is left to timers.
/// Safe for all threads.
/// </summary>
public sealed partial class LogCleaner
{
    /// <summary>Logs that have not been used since the start are opened a few at a time to see whether they are due.</summary>
    private const int OpensPerLook = 64;

    private readonly LogManager manager;
    private readonly LogEnvironment environment;
    private readonly CleanerCheckpoints checkpoints;
    private readonly CleanerThrottle throttle;
    private readonly Lock gate = new();
    private readonly List<CleanerWorker> workers = [];
    private readonly HashSet<PartitionLog> running = [];
    private readonly Dictionary<PartitionLog, string> uncleanable = [];
    private volatile CleanerOptions options;
    private ITimer? timer;
    private bool stopped;

    internal LogCleaner(LogManager manager, LogEnvironment environment, CleanerOptions options)
    {
        this.manager = manager;
        this.environment = environment;
        this.options = options;
        checkpoints = new CleanerCheckpoints(manager);
        throttle = new CleanerThrottle(environment.Time, options.MaxBytesPerSecond);
        lastLookMs = environment.NowMs;
        environment.LogCut += OnLogCut;
    }

    internal CleanerOptions Options => options;

    /// <summary>Takes changed options: the rate at once, the number of workers with their next log, the rest with the next compaction.</summary>
    public void Reconfigure(CleanerOptions changed)
    {
        lock (gate)
        {
            if (stopped || changed == options)
            {
                return;
            }

            options = changed;
            throttle.Change(changed.MaxBytesPerSecond);
            workers.ForEach(worker => worker.EndPause());
            if (timer is not null)
            {
                MatchWorkers();
                var backoff = Backoff();
                timer.Change(backoff, backoff);
            }
        }
    }

    internal void Start()
    {
        lock (gate)
        {
            if (stopped || timer is not null || !options.Enabled)
            {
                return;
            }

            MatchWorkers();
            var backoff = Backoff();
            timer = environment.Time.CreateTimer(_ => Wake(), null, backoff, backoff);
        }
    }

    /// <summary>Ends what is under way after its current step, and waits for that.</summary>
    internal void Stop()
    {
        CleanerWorker[] all;
        lock (gate)
        {
            stopped = true;
            timer?.Dispose();
            all = [.. workers];
            workers.Clear();
        }

        environment.LogCut -= OnLogCut;
        foreach (var worker in all)
        {
            worker.Stop();
        }
    }

    /// <summary>The partition's log is gone from a directory, or waits there to be deleted.</summary>
    internal void Forget(LogDirectory directory, Core.TopicPartition partition) => checkpoints.Remove(directory, partition);

    /// <summary>The partition's log is now in another directory.</summary>
    internal void Move(LogDirectory from, LogDirectory to, Core.TopicPartition partition) => checkpoints.Move(from, to, partition);

    /// <summary>A log is taken by its compaction: one at a time. Null when none is due.</summary>
    internal CleanableLog? Take(CleanerWorker worker)
    {
        var now = environment.NowMs;
        CleanableLog? dirtiest = null;
        var (mostDirty, longestDelay, opens) = (0.0, 0L, 0);
        foreach (var log in manager.EachLog())
        {
            if (!log.Config.Compact || !MayTake(log) || (!log.IsLoaded && (log.IsSurelyEmpty || ++opens > OpensPerLook)) || Look(log, now) is not { } looked)
            {
                continue;
            }

            mostDirty = Math.Max(mostDirty, looked.DirtyRatio);
            longestDelay = Math.Max(longestDelay, looked.OverdueMs);
            if (looked.IsDue && (dirtiest is null || looked.DirtyRatio > dirtiest.DirtyRatio))
            {
                dirtiest = looked;
            }
        }

        lock (gate)
        {
            (lastLookMs, lastMostDirty, lastLongestDelayMs) = (now, mostDirty, longestDelay);
            if (dirtiest is null || stopped || !workers.Contains(worker) || !running.Add(dirtiest.Log))
            {
                return null;
            }
        }

        return dirtiest;
    }

    internal LogCompaction Begin(CleanableLog target) => new(environment, target, options, throttle);

    /// <summary>A compaction came to its end, or to nothing.</summary>
    internal void Done(LogCompaction compaction, bool isWhole)
    {
        var log = compaction.Target.Log;
        if (isWhole)
        {
            SetCheckpoint(log, compaction.Target.Generation, compaction.EndOffset);
            Report(compaction);
        }

        lock (gate)
        {
            running.Remove(log);
        }
    }

    /// <summary>The log cannot be compacted: it is left alone from now on.</summary>
    internal void GiveUp(PartitionLog log, Exception reason)
    {
        lock (gate)
        {
            uncleanable[log] = reason.Message;
        }

        environment.Logger.LogError(reason, "{Partition} in {Directory} cannot be compacted and is left as it is until the next start: {Reason}", log.Partition, log.Directory,
            reason.Message);
    }

    private CleanableLog? Look(PartitionLog log, long now)
    {
        try
        {
            if (manager.DirectoryOf(log) is not { IsOnline: true } directory)
            {
                return null;
            }

            var looked = CleanableLog.Of(log, checkpoints.Find(directory, log.Partition), now, environment.Logger);
            if (looked.ResetsCheckpoint)
            {
                SetCheckpoint(log, looked.Generation, looked.FirstDirtyOffset);
            }

            return looked;
        }
        catch (CorruptFileException exception)
        {
            GiveUp(log, exception);
        }
        catch (DiskException exception)
        {
            // A segment went while it was looked at, or the directory failed, and whoever met that has told.
            environment.Logger.LogInformation("{Partition} could not be looked at for compaction: {Reason}", log.Partition, exception.Message);
        }

        return null;
    }

    private void SetCheckpoint(PartitionLog log, int generation, long offset)
    {
        if (manager.DirectoryOf(log) is { } directory && log.WhileCleanable(generation, () => checkpoints.Set(directory, log.Partition, offset)))
        {
            checkpoints.Write(directory);
        }
    }

    private bool MayTake(PartitionLog log)
    {
        lock (gate)
        {
            return !running.Contains(log) && !uncleanable.ContainsKey(log);
        }
    }

    /// <summary>Called under the log's lock.</summary>
    private void OnLogCut(PartitionLog log)
    {
        if (manager.Find(log.Partition) == log && manager.DirectoryOf(log) is { } directory)
        {
            checkpoints.Lower(directory, log.Partition, log.ActiveBaseOffset);
        }
    }

    private void Wake()
    {
        CleanerWorker[] all;
        lock (gate)
        {
            all = [.. workers];
            foreach (var gone in uncleanable.Keys.Where(log => manager.Find(log.Partition) != log).ToArray())
            {
                uncleanable.Remove(gone);
            }
        }

        foreach (var worker in all)
        {
            worker.Wake();
        }
    }

    private void MatchWorkers()
    {
        while (workers.Count < options.Threads)
        {
            workers.Add(new CleanerWorker(this, environment));
        }

        while (workers.Count > options.Threads)
        {
            workers[^1].Retire();
            workers.RemoveAt(workers.Count - 1);
        }
    }

    private TimeSpan Backoff() => TimeSpan.FromMilliseconds(Math.Clamp(options.BackoffMs, 1, int.MaxValue));
}
