using Moldau.Runtime;

namespace Moldau.Raft;

/// <summary>Runs pieces of work one after the other on workers, in the order in which they came. After each run of pieces <paramref name="settle"/> is
/// called, which may have more to do.</summary>
internal sealed class SerialQueue(IWorkers workers, Action settle)
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _waiting = [];
    private bool _isRunning;

    public void Post(Action work)
    {
        lock (_gate)
        {
            _waiting.Enqueue(work);
            if (_isRunning)
            {
                return;
            }
            _isRunning = true;
        }
        workers.Run(Drain);
    }

    private void Drain()
    {
        while (true)
        {
            Action? work;
            lock (_gate)
            {
                _waiting.TryDequeue(out work);
            }
            if (work is not null)
            {
                work();
                continue;
            }
            settle();
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _isRunning = false;
                    return;
                }
            }
        }
    }
}
