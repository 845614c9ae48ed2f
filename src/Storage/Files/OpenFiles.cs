using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// Keeps the number of open files of all partitions bounded: files open when they are used, and those not used for the longest time (by a clock with
/// second chance) close when the bound is reached.
/// One object per node. Safe for all threads. The bound is soft: files that are in use at the moment are never closed.
/// </summary>
public sealed class OpenFiles
{
    /// <summary>Where nobody knows how many files the process may have open.</summary>
    private const int UnknownLimitCapacity = 8192;

    /// <summary>Log, offset index and time index of 33,000 partitions. Each open file keeps its inode in the kernel's memory, so that more of them would take it from the page cache.</summary>
    private const int CapacityMax = 100_000;

    /// <summary>What sockets and all else get of a small limit: at least so many, but no more than half.</summary>
    private const int OthersMin = 1024;

    private readonly Lock gate = new();
    private readonly List<LogFile> open = [];
    private int hand;

    /// <param name="disk">Where the files are.</param>
    /// <param name="capacity">How many may be open before the idle ones close.</param>
    public OpenFiles(IDisk disk, int capacity = UnknownLimitCapacity)
    {
        Disk = disk;
        Capacity = capacity;
    }

    public IDisk Disk { get; }

    public int Capacity { get; }

    /// <summary>
    /// How many of a process's file descriptors (null when their limit is not known) the logs may keep: three quarters. The rest is for sockets, checkpoints, locks and for reads of files that
    /// are closed already but not yet given back.
    /// </summary>
    public static int CapacityWithin(long? descriptors)
    {
        if (descriptors is not { } limit)
        {
            return UnknownLimitCapacity;
        }

        var others = Math.Max(limit / 4, Math.Min(limit / 2, OthersMin));
        return (int)Math.Clamp(limit - others, 1, CapacityMax);
    }

    /// <summary>How many are open now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return open.Count;
            }
        }
    }

    /// <summary>Called by a file that has just opened, outside of its own lock.</summary>
    internal void Opened(LogFile file)
    {
        lock (gate)
        {
            if (++file.Openings == 1)
            {
                file.Slot = open.Count;
                open.Add(file);
            }

            for (var tries = open.Count * 2; open.Count > Capacity && tries > 0; tries--)
            {
                hand = hand >= open.Count ? 0 : hand;
                var candidate = open[hand];
                if (ReferenceEquals(candidate, file) || !candidate.TryCloseIdle())
                {
                    hand++;
                    continue;
                }

                Forget(candidate);
            }
        }
    }

    /// <summary>Called by a file that has closed itself, outside of its own lock. It may be open again by now, and have said so: what counts is how often it said either.</summary>
    internal void Closed(LogFile file)
    {
        lock (gate)
        {
            Forget(file);
        }
    }

    private void Forget(LogFile file)
    {
        if (--file.Openings == 0)
        {
            var last = open[^1];
            open[file.Slot] = last;
            last.Slot = file.Slot;
            open.RemoveAt(open.Count - 1);
        }
    }
}
