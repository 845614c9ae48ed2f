namespace Moldau.Simulation;

/// <summary>What happened, one line per event: a hash over all of it, and the last lines for people.</summary>
/// <param name="linesKept">How many lines are kept.</param>
public sealed class SimTrace(int linesKept = SimTrace.LinesKeptDefault)
{
    public const int LinesKeptDefault = 400;
    private readonly Queue<(long TimeUs, string Line)> _tail = new();
    private ulong _hash = 14695981039346656037UL;

    /// <summary>The same for the same seed; different when anything happened otherwise.</summary>
    public ulong Hash => _hash;

    public int Count { get; private set; }

    public IEnumerable<string> Tail => _tail.Select(entry => $"{entry.TimeUs / 1000,10}.{entry.TimeUs % 1000:D3} {entry.Line}");

    public void Note(long timeUs, string line)
    {
        Count++;
        Mix((ulong)timeUs);
        foreach (char c in line)
        {
            Mix(c);
        }

        if (_tail.Count == linesKept)
        {
            _tail.Dequeue();
        }

        _tail.Enqueue((timeUs, line));
    }

    private void Mix(ulong value) => _hash = (_hash ^ value) * 1099511628211UL;
}
