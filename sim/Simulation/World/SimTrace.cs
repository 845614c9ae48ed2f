namespace Moldau.Simulation;

/// <summary>What happened, one line per event: a hash over all of it, and the last lines for people.</summary>
public sealed class SimTrace
{
    private const int LinesKept = 1000;
    private readonly Queue<string> _tail = new();
    private ulong _hash = 14695981039346656037UL;

    /// <summary>The same for the same seed; different when anything happened otherwise.</summary>
    public ulong Hash => _hash;

    public int Count { get; private set; }

    public IEnumerable<string> Tail => _tail;

    public void Note(long timeUs, string line)
    {
        Count++;
        Mix((ulong)timeUs);
        foreach (char c in line)
        {
            Mix(c);
        }

        if (_tail.Count == LinesKept)
        {
            _tail.Dequeue();
        }

        _tail.Enqueue($"{timeUs / 1000,10}.{timeUs % 1000:D3} {line}");
    }

    private void Mix(ulong value) => _hash = (_hash ^ value) * 1099511628211UL;
}
