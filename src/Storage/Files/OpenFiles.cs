using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// Keeps the number of open files of all partitions bounded: files open when they are used, and those not used for the longest time (by a clock with
/// second chance) close when the bound is reached.
/// One object per node. Safe for all threads. The bound is soft: files that are in use at the moment are never closed.
/// </summary>
public sealed class OpenFiles
{
    private readonly Lock gate = new();
    private readonly List<LogFile> open = [];
    private int hand;

    /// <param name="disk">Where the files are.</param>
    /// <param name="capacity">How many may be open before the idle ones close.</param>
    public OpenFiles(IDisk disk, int capacity = 8192)
    {
        Disk = disk;
        Capacity = capacity;
    }

    public IDisk Disk { get; }

    public int Capacity { get; }

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
            open.Add(file);
            for (var tries = open.Count * 2; open.Count > Capacity && tries > 0; tries--)
            {
                hand = hand >= open.Count ? 0 : hand;
                var candidate = open[hand];
                if (ReferenceEquals(candidate, file) || !candidate.TryCloseIdle())
                {
                    hand++;
                    continue;
                }

                RemoveAt(hand);
            }
        }
    }

    internal void Closed(LogFile file)
    {
        lock (gate)
        {
            var index = open.IndexOf(file);
            if (index >= 0)
            {
                RemoveAt(index);
            }
        }
    }

    private void RemoveAt(int index)
    {
        open[index] = open[^1];
        open.RemoveAt(open.Count - 1);
    }
}
