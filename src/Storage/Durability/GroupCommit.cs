namespace Moldau.Storage;

/// <summary>
/// Makes appends durable in groups: one fdatasync for all that were appended to a log while the sync before it ran. Each log directory has one, which syncs a few logs at a time on the
/// node's workers, so that the file system can join their commits. After a failure of the directory it syncs nothing any more. Safe for all threads.
/// </summary>
internal sealed class GroupCommit(LogEnvironment environment)
{
    /// <summary>More would hold up the other work of the pool without making the device faster.</summary>
    private const int SyncsAtOnceMax = 4;

    private readonly Lock gate = new();
    private readonly Queue<PartitionLog> waiting = new();
    private int running;
    private volatile bool stopped;

    /// <summary>The directory has failed: what was not synced by now is not known to be on the device, and never will be.</summary>
    public bool IsStopped => stopped;

    public void Stop() => stopped = true;

    /// <summary>Syncs the log soon; without workers at once.</summary>
    public void Add(PartitionLog log)
    {
        lock (gate)
        {
            waiting.Enqueue(log);
            if (running == SyncsAtOnceMax)
            {
                return;
            }

            running++;
        }

        environment.Later(Drain);
    }

    private void Drain()
    {
        while (Next() is { } log)
        {
            log.SyncGroup();
        }
    }

    private PartitionLog? Next()
    {
        lock (gate)
        {
            if (waiting.TryDequeue(out var log))
            {
                return log;
            }

            running--;
            return null;
        }
    }
}
