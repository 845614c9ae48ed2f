using Moldau.Runtime;

namespace Moldau.Coordination.Tests;

/// <summary>Workers that work when the test says so, in the order of what was asked.</summary>
public sealed class ManualWorkers : IWorkers
{
    private readonly Queue<Action> _work = new();

    public void Run(Action work)
    {
        lock (_work)
        {
            _work.Enqueue(work);
        }
    }

    /// <summary>Works until nothing is left.</summary>
    public void RunAll()
    {
        while (TryTake(out var work))
        {
            work!();
        }
    }

    private bool TryTake(out Action? work)
    {
        lock (_work)
        {
            return _work.TryDequeue(out work);
        }
    }
}
