using Moldau.Runtime;

namespace Moldau.Raft.Tests;

/// <summary>Work that runs when the test says so, on its thread.</summary>
public sealed class ManualWorkers : IWorkers
{
    private readonly Queue<Action> _waiting = [];

    public void Run(Action work) => _waiting.Enqueue(work);

    public void RunAll()
    {
        while (_waiting.TryDequeue(out Action? work))
        {
            work();
        }
    }
}
