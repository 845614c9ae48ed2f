namespace Moldau.Storage;

/// <summary>
/// Makes appends durable in groups: one fdatasync for all that were appended to a log while the sync before it ran. Each log directory has one, which takes all logs that wait at a time: the
/// device begins with all of them before the first is waited for, so that the file system writes its journal once for them, and not once for each. After a failure of the directory it syncs
/// nothing any more. Safe for all threads.
/// </summary>
internal sealed class GroupCommit(LogEnvironment environment)
{
    /// <summary>One group at a time is the fastest: all that comes meanwhile is the next one. More when one takes long, so that a log with much to sync does not hold up the others.</summary>
    private const int GroupsAtOnceMax = 4;

    private static readonly TimeSpan LongGroup = TimeSpan.FromMilliseconds(10);

    /// <summary>The last of a group waits for all others.</summary>
    private const int LogsInGroupMax = 64;

    private readonly Lock gate = new();
    private readonly Queue<PartitionLog> waiting = new();
    private int running;
    private long lastBegan;
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
            if (running == GroupsAtOnceMax || (running > 0 && environment.Time.GetElapsedTime(lastBegan) < LongGroup))
            {
                return;
            }

            running++;
            lastBegan = environment.Time.GetTimestamp();
        }

        environment.Later(Drain);
    }

    private void Drain()
    {
        var group = new List<PartitionLog>();
        while (Take(group))
        {
            if (group.Count > 1)
            {
                foreach (var log in group)
                {
                    log.BeginSync();
                }
            }

            foreach (var log in group)
            {
                log.SyncGroup();
            }
        }
    }

    private bool Take(List<PartitionLog> group)
    {
        group.Clear();
        lock (gate)
        {
            while (group.Count < LogsInGroupMax && waiting.TryDequeue(out var log))
            {
                group.Add(log);
            }

            lastBegan = environment.Time.GetTimestamp();
            if (group.Count == 0)
            {
                running--;
            }
        }

        return group.Count > 0;
    }
}
