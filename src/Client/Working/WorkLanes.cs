using System.Diagnostics.CodeAnalysis;

namespace Moldau.Client;

/// <summary>
/// Puts work into lanes: of a lane one piece is out at a time, and in the order in which it came; lanes go side by side. A slow piece holds up its own lane alone. One thread at a time.
/// </summary>
/// <typeparam name="T">The work.</typeparam>
internal sealed class WorkLanes<T>
    where T : class
{
    private readonly Dictionary<ulong, Queue<T>?> _lanes = [];
    private readonly Queue<(ulong? Lane, T Work)> _ready = [];

    /// <summary>Pieces that wait, ready or behind others.</summary>
    public int Waiting { get; private set; }

    /// <summary>Adds a piece.</summary>
    /// <param name="lane">Its lane; null when it needs none.</param>
    /// <param name="work">The piece.</param>
    public void Add(ulong? lane, T work)
    {
        Waiting++;
        if (lane is not { } number)
        {
            _ready.Enqueue((null, work));
        }
        else if (_lanes.TryGetValue(number, out Queue<T>? behind))
        {
            (behind ?? (_lanes[number] = new Queue<T>())).Enqueue(work);
        }
        else
        {
            _lanes.Add(number, null);
            _ready.Enqueue((lane, work));
        }
    }

    /// <summary>The next piece that may go out; <see cref="Done"/> follows with the same lane.</summary>
    public bool TryTake(out ulong? lane, [NotNullWhen(true)] out T? work)
    {
        (lane, work) = _ready.TryDequeue(out (ulong? Lane, T Work) next) ? next : default;
        if (work is null)
        {
            return false;
        }

        Waiting--;
        return true;
    }

    /// <summary>A piece of this lane is done: the next of the lane may go out.</summary>
    public void Done(ulong? lane)
    {
        if (lane is not { } number)
        {
            return;
        }

        if (_lanes[number] is { Count: > 0 } behind)
        {
            _ready.Enqueue((lane, behind.Dequeue()));
        }
        else
        {
            _lanes.Remove(number);
        }
    }

    /// <summary>Takes away what waits and is not wanted any more. What is out stays out.</summary>
    public void RemoveAll(Predicate<T> isUnwanted)
    {
        foreach ((ulong? lane, T work) in Drain(_ready))
        {
            if (!isUnwanted(work))
            {
                _ready.Enqueue((lane, work));
                continue;
            }

            Waiting--;
            Forget(lane, isUnwanted);
        }

        foreach (Queue<T>? behind in _lanes.Values)
        {
            if (behind is not null)
            {
                Waiting -= behind.Count;
                Keep(behind, isUnwanted);
                Waiting += behind.Count;
            }
        }
    }

    private static void Keep(Queue<T> queue, Predicate<T> isUnwanted)
    {
        for (int left = queue.Count; left > 0; left--)
        {
            T work = queue.Dequeue();
            if (!isUnwanted(work))
            {
                queue.Enqueue(work);
            }
        }
    }

    private static (ulong? Lane, T Work)[] Drain(Queue<(ulong? Lane, T Work)> queue)
    {
        (ulong? Lane, T Work)[] all = [.. queue];
        queue.Clear();
        return all;
    }

    /// <summary>The first of a lane that was ready is gone: the next that is wanted takes its place.</summary>
    private void Forget(ulong? lane, Predicate<T> isUnwanted)
    {
        if (lane is not { } number)
        {
            return;
        }

        if (_lanes[number] is { } behind)
        {
            Waiting -= behind.Count;
            Keep(behind, isUnwanted);
            Waiting += behind.Count;
        }

        Done(lane);
    }
}
