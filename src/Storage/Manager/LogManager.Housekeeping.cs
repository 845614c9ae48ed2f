using Moldau.Core;

namespace Moldau.Storage;

public sealed partial class LogManager
{
    private const int ColdLogsPerTick = 100;
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private readonly Queue<PartitionLog> unseen = new();

    /// <summary>Does what is due now. The timer calls it each second; tests may.</summary>
    public void Tick()
    {
        var now = environment.NowMs;
        Attempt(() => environment.Deletes.RunDue(now), path: "");
        if (Housekeeping.IsDue(now, options.FlushCheckMs, housekeeping.Flush, out var next))
        {
            housekeeping.Flush = next;
            FlushDirty(now);
        }

        if (Housekeeping.IsDue(now, options.RetentionCheckMs, housekeeping.Retention, out next))
        {
            housekeeping.Retention = next;
            DeleteOldSegments();
        }
        else
        {
            LookAtUnseen();
        }

        if (Housekeeping.IsDue(now, options.ProducerExpirationCheckMs, housekeeping.Producers, out next))
        {
            housekeeping.Producers = next;
            foreach (var (_, log) in logs)
            {
                log.RemoveExpiredProducers();
            }
        }

        var recoveryPointsDue = Housekeeping.IsDue(now, options.RecoveryPointCheckpointMs, housekeeping.RecoveryPoints, out next);
        housekeeping.RecoveryPoints = next;
        var logStartsDue = Housekeeping.IsDue(now, options.LogStartCheckpointMs, housekeeping.LogStarts, out next);
        housekeeping.LogStarts = next;
        if (recoveryPointsDue || logStartsDue)
        {
            WriteChangedCheckpoints();
        }
    }

    /// <summary>Writes recovery points and log start offsets of every directory that is online.</summary>
    public void WriteCheckpoints()
    {
        foreach (var directory in directories)
        {
            if (directory.IsOnline)
            {
                Attempt(() => WriteCheckpoints(directory), directory.Path);
            }
        }
    }

    /// <summary>Writes them where one of them has changed since: a node that idles writes nothing.</summary>
    private void WriteChangedCheckpoints()
    {
        foreach (var (_, log) in logs.Concat(futureLogs))
        {
            if (!log.IsInCheckpoint && DirectoryAt(log.LogDirectory) is { } directory)
            {
                directory.HasOtherLogs = true;
            }
        }

        foreach (var directory in directories)
        {
            if (directory.IsOnline && directory.HasOtherLogs)
            {
                Attempt(() => WriteCheckpoints(directory), directory.Path);
            }
        }
    }

    /// <summary>Applies retention to every log that is in use; compacted logs are the cleaner's, but for what lies before their start.</summary>
    public void DeleteOldSegments()
    {
        unseen.Clear();
        foreach (var (_, log) in logs.Concat(futureLogs))
        {
            if (log.IsLoaded)
            {
                Attempt(() => log.DeleteOldSegments(), log.Directory);
            }
            else if (log.MayHoldOldSegments)
            {
                unseen.Enqueue(log);
            }
        }

        LookAtUnseen();
    }

    /// <summary>Logs that nobody has used since the start are looked at a few at a time, once; those that are empty never.</summary>
    private void LookAtUnseen()
    {
        for (var i = 0; i < ColdLogsPerTick && unseen.TryDequeue(out var log); i++)
        {
            Attempt(() => log.DeleteOldSegments(), log.Directory);
        }
    }

    private void WriteCheckpoints(LogDirectory directory)
    {
        var recoveryPoints = new Dictionary<TopicPartition, long>();
        var logStarts = new Dictionary<TopicPartition, long>();
        foreach (var (partition, log) in futureLogs.Concat(logs))
        {
            if (log.LogDirectory == directory.Path)
            {
                var (recoveryPoint, logStart) = log.ForCheckpoint();
                recoveryPoints[partition] = recoveryPoint;
                if (logStart is { } start)
                {
                    logStarts[partition] = start;
                }
            }
        }

        directory.HasOtherLogs = false;
        directory.RecoveryPoints.Write(recoveryPoints);
        directory.LogStarts.Write(logStarts);
    }

    private void FlushDirty(long now)
    {
        foreach (var (_, log) in logs)
        {
            if (log.IsLoaded && now - log.LastFlushMs >= log.Config.FlushMs)
            {
                Attempt(log.Flush, log.Directory);
            }
        }
    }

    private void StartTimer()
    {
        var now = environment.NowMs;
        housekeeping.Flush = now + Math.Min(options.FlushCheckMs, long.MaxValue - now);
        housekeeping.Retention = now + options.InitialTaskDelayMs;
        housekeeping.Producers = now + options.ProducerExpirationCheckMs;
        housekeeping.RecoveryPoints = now + options.RecoveryPointCheckpointMs;
        housekeeping.LogStarts = now + options.LogStartCheckpointMs;
        timer = environment.Time.CreateTimer(_ => environment.Later(TickOnce), null, TickInterval, TickInterval);
    }

    /// <summary>A tick that takes longer than the interval is not joined by another.</summary>
    private void TickOnce()
    {
        if (!stopped && Interlocked.Exchange(ref ticking, 1) == 0)
        {
            try
            {
                Tick();
            }
            finally
            {
                Volatile.Write(ref ticking, 0);
            }
        }
    }
}
