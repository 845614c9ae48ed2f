using Microsoft.Extensions.Logging;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// What Apache Kafka has a cleaner thread for: takes one log after another and compacts it. It runs on the environment's workers and gives them back after each step; while it waits, for the
/// throttle or for something to do, it is on none. Safe for all threads.
/// </summary>
internal sealed class CleanerWorker(LogCleaner cleaner, LogEnvironment environment)
{
    private readonly Lock gate = new();
    private LogCompaction? compaction;
    private ITimer? pause;
    private bool isAwake;
    private bool isRetired;

    /// <summary>The memory in which it remembers keys now.</summary>
    public long MapBytes => compaction?.Statistics.MapSizeBytes ?? 0;

    /// <summary>Begins to look for work unless it is at it.</summary>
    public void Wake()
    {
        lock (gate)
        {
            if (isAwake || isRetired)
            {
                return;
            }

            isAwake = true;
        }

        environment.Later(Run);
    }

    /// <summary>Ends a pause early: it was reckoned by a rate that is no longer so.</summary>
    public void EndPause()
    {
        lock (gate)
        {
            pause?.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Takes no further log.</summary>
    public void Retire()
    {
        lock (gate)
        {
            isRetired = true;
        }
    }

    /// <summary>Drops what it is at; returns when its step has ended.</summary>
    public void Stop()
    {
        lock (gate)
        {
            isRetired = true;
            pause?.Dispose();
            pause = null;
            if (compaction is not null)
            {
                End(isWhole: false);
            }
        }
    }

    private void RunAfterPause()
    {
        lock (gate)
        {
            if (pause is null)
            {
                return;
            }

            pause.Dispose();
            pause = null;
        }

        Run();
    }

    /// <summary>One step, and the next one later. Without workers all steps up to the next pause run here.</summary>
    private void Run()
    {
        while (Next(out var waitMs))
        {
            if (waitMs > 0)
            {
                Pause(waitMs);
                return;
            }

            if (environment.Workers is { } workers)
            {
                workers.Run(Run);
                return;
            }
        }
    }

    private void Pause(long waitMs)
    {
        lock (gate)
        {
            if (compaction is not null)
            {
                pause = environment.Time.CreateTimer(_ => environment.Later(RunAfterPause), null, TimeSpan.FromMilliseconds(waitMs), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private bool Next(out long waitMs)
    {
        waitMs = 0;
        lock (gate)
        {
            if (compaction is null && !isRetired && cleaner.Take(this) is { } target)
            {
                compaction = cleaner.Begin(target);
            }

            if (compaction is null)
            {
                isAwake = false;
                return false;
            }

            if (TryStep(compaction, out waitMs, out var rests))
            {
                return true;
            }

            isAwake = !rests && !isRetired;
            return isAwake;
        }
    }

    /// <summary>False when the compaction has ended; it rests then when there was no space, until the next backoff is over.</summary>
    private bool TryStep(LogCompaction current, out long waitMs, out bool rests)
    {
        rests = false;
        waitMs = 0;
        var log = current.Target.Log;
        try
        {
            if (current.Step(out waitMs))
            {
                return true;
            }

            End(isWhole: true);
            return false;
        }
        catch (CompactionAbortedException)
        {
            environment.Logger.LogInformation("{Partition}: its compaction ends early, as the log was cut, moved, closed or is not compacted any more", log.Partition);
        }
        catch (Exception exception) when (exception is RecordException or CorruptFileException)
        {
            // Segments that were cut or deleted meanwhile may read as anything.
            if (log.IsCleanable(current.Target.Generation))
            {
                cleaner.GiveUp(log, exception);
            }
        }
        catch (DiskException exception)
        {
            rests = true;
            OnDiskFailure(current, exception);
        }

        End(isWhole: false);
        return false;
    }

    private void OnDiskFailure(LogCompaction current, DiskException exception)
    {
        var log = current.Target.Log;
        if (exception.Kind == DiskErrorKind.NotFound && (!log.IsCleanable(current.Target.Generation) || !log.HasAll(current.Target.Segments)))
        {
            environment.Logger.LogInformation("{Partition}: its compaction ends early, as segments went meanwhile", log.Partition);
            return;
        }

        environment.Logger.LogWarning("{Partition} could not be compacted now: {Reason}", log.Partition, exception.Message);
        log.FailCleaning(exception);
    }

    private void End(bool isWhole)
    {
        var ended = compaction!;
        compaction = null;
        try
        {
            ended.Dispose();
        }
        catch (DiskException exception)
        {
            environment.Logger.LogWarning("{Partition}: files of a compaction that ended early could not be deleted: {Reason}", ended.Target.Log.Partition, exception.Message);
        }

        cleaner.Done(ended, isWhole);
    }
}
