using Moldau.Core;

namespace Moldau.Storage;

public sealed partial class LogManager
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

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

        if (Housekeeping.IsDue(now, options.ProducerExpirationCheckMs, housekeeping.Producers, out next))
        {
            housekeeping.Producers = next;
            foreach (var log in logs.Values)
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
            WriteCheckpoints();
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

    /// <summary>Applies retention to every log that is in use; compacted logs are the cleaner's, but for what lies before their start.</summary>
    public void DeleteOldSegments()
    {
        foreach (var log in logs.Values.Concat(futureLogs.Values))
        {
            Attempt(() => log.DeleteOldSegments(), log.Directory);
        }
    }

    private void WriteCheckpoints(LogDirectory directory)
    {
        var recoveryPoints = new Dictionary<TopicPartition, long>();
        var logStarts = new Dictionary<TopicPartition, long>();
        foreach (var (partition, log) in logs.Concat(futureLogs))
        {
            if (log.LogDirectory == directory.Path)
            {
                recoveryPoints[partition] = log.RecoveryPoint;
                if (log.LogStartForCheckpoint is { } start)
                {
                    logStarts[partition] = start;
                }
            }
        }

        directory.RecoveryPoints.Write(recoveryPoints);
        directory.LogStarts.Write(logStarts);
    }

    private void FlushDirty(long now)
    {
        foreach (var log in logs.Values)
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
