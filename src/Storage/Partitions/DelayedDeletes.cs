namespace Moldau.Storage;

/// <summary>Deletions that wait: readers may still be at the files. Run from a timer by the log manager. Safe for all threads.</summary>
public sealed class DelayedDeletes
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<Action, long> waiting = new();

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>When the next is due, in milliseconds since 1970; null when none waits.</summary>
    public long? NextDueMs
    {
        get
        {
            lock (gate)
            {
                return waiting.TryPeek(out _, out var due) ? due : null;
            }
        }
    }

    /// <summary>Runs all that are due.</summary>
    public void RunDue(long nowMs)
    {
        while (Next(nowMs) is { } delete)
        {
            delete();
        }
    }

    internal void Add(long dueMs, Action delete)
    {
        lock (gate)
        {
            waiting.Enqueue(delete, dueMs);
        }
    }

    private Action? Next(long nowMs)
    {
        lock (gate)
        {
            return waiting.TryPeek(out _, out var due) && due <= nowMs ? waiting.Dequeue() : null;
        }
    }
}
