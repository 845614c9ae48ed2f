using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    private readonly Lock syncGate = new();
    private readonly Lock dataGate = new();
    private SyncState syncState;
    private bool isFlushWanted;
    private LogOffsetMetadata durable;
    private int truncations;

    /// <summary>
    /// Every record before it is on the device. At least the recovery point: group commits sync the records alone, and the indexes of the segments they are in are built anew after a crash.
    /// </summary>
    public long DurableEndOffset => DurableEndOffsetMetadata.Offset;

    /// <summary>As <see cref="DurableEndOffset"/>, with its place where that is known.</summary>
    public LogOffsetMetadata DurableEndOffsetMetadata
    {
        get
        {
            lock (offsetsGate)
            {
                return durable;
            }
        }
    }

    /// <summary>
    /// Called on a worker after each group commit of this log, also when it failed (the directory is offline by then). Set by the owner that waits for <see cref="DurableEndOffset"/> before it
    /// acknowledges; without one, an append that reaches flush.messages flushes before it returns.
    /// </summary>
    public Action? SyncEnded { get; set; }

    /// <summary>
    /// Asks for everything that is in the log now to be made durable; does not wait. All who ask before a worker begins are served by one fdatasync.
    /// </summary>
    /// <param name="flush">Whether indexes and the recovery point are to follow, as flush.messages wants it.</param>
    public void RequestSync(bool flush = false)
    {
        lock (syncGate)
        {
            isFlushWanted |= flush;
            if (syncState != SyncState.Idle)
            {
                syncState = syncState == SyncState.Queued ? SyncState.Queued : SyncState.RunningAgain;
                return;
            }

            syncState = SyncState.Queued;
        }

        environment.CommitsOf(LogDirectory).Add(this);
    }

    /// <summary>Waits until every record that is in the log now is on the device; indexes and the recovery point stay behind. Throws when the directory has failed, now or before.</summary>
    public void FlushRecords()
    {
        var asked = LogEndOffset;
        SyncRecords();
        if (failure is { } broken)
        {
            throw broken;
        }

        // Nothing is synced in a directory that another log found broken: whoever counts on it must hear that, else the quorum commits what is nowhere.
        if (!closed && environment.CommitsOf(LogDirectory).IsStopped && DurableEndOffset < asked)
        {
            throw new DiskException(DiskErrorKind.Io, "sync", Directory, "its log directory has failed");
        }
    }

    /// <summary>One group. What is appended from here on asks again.</summary>
    internal void SyncGroup()
    {
        bool flush;
        lock (syncGate)
        {
            syncState = SyncState.Running;
            flush = isFlushWanted;
            isFlushWanted = false;
        }

        try
        {
            if (flush)
            {
                Flush();
            }
            else
            {
                SyncRecords();
            }
        }
        catch (DiskException exception)
        {
            // A failed sync has taken the directory offline. No space for an index entry leaves the records as they are, and the next flush tries again.
            environment.Logger.LogWarning("{Partition}: records are not durable: {Reason}", Partition, exception.Message);
        }

        SyncEnded?.Invoke();
        lock (syncGate)
        {
            if (syncState == SyncState.Running)
            {
                syncState = SyncState.Idle;
                return;
            }

            syncState = SyncState.Queued;
        }

        environment.CommitsOf(LogDirectory).Add(this);
    }

    /// <summary>fdatasync of the records that are not known to be durable, and of nothing else.</summary>
    private void SyncRecords()
    {
        lock (dataGate)
        {
            LogOffsetMetadata to;
            long from;
            int cuts;
            lock (offsetsGate)
            {
                to = end;
                from = durable.Offset;
                cuts = truncations;
            }

            if (to.Offset <= from || closed || failure is not null || environment.CommitsOf(LogDirectory).IsStopped)
            {
                return;
            }

            WhereverItIs(static (log, from, to) => log.SyncSegmentRecords(from, to), from, to.Offset);
            SetDurable(to, cuts);
        }
    }

    private void SyncSegmentRecords(long from, long to)
    {
        var list = segments;
        var hasNew = false;
        for (var i = Math.Max(0, list.FloorIndex(from)); i < list.Count && list[i].BaseOffset < to; i++)
        {
            list[i].Log.Sync(dataOnly: true);
            hasNew |= list[i].BaseOffset >= from;
        }

        if (hasNew)
        {
            environment.Disk.SyncDirectory(Directory);
        }
    }

    /// <summary>A sync has ended. What was cut off and written anew while it ran is not covered by it.</summary>
    private void SetDurable(LogOffsetMetadata offset, int cuts)
    {
        lock (offsetsGate)
        {
            if (cuts == truncations && offset.Offset > durable.Offset)
            {
                durable = offset;
            }
        }
    }
}
