using Moldau.Runtime;

namespace Moldau.Controller;

/// <summary>
/// Runs work one after the other, in the order in which it was posted, on a worker; never inside the call that posts it. Any thread may post. Work that
/// throws has broken an invariant: nothing after it runs, and the failure goes to whoever watches the queue.
/// </summary>
internal sealed class ControllerQueue(IWorkers workers, Action<Exception> onFailure)
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _work = [];
    private bool _isRunning;
    private bool _isClosed;

    /// <summary>False when the queue is closed: the work will never run.</summary>
    internal bool Post(Action work)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            _work.Enqueue(work);
            if (_isRunning)
            {
                return true;
            }

            _isRunning = true;
        }

        workers.Run(Drain);
        return true;
    }

    /// <summary>Takes nothing more; what is queued still runs.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }

    private void Drain()
    {
        while (true)
        {
            Action work;
            lock (_lock)
            {
                if (!_work.TryDequeue(out work!))
                {
                    _isRunning = false;
                    return;
                }
            }

            try
            {
                work();
            }
            catch (Exception e)
            {
                lock (_lock)
                {
                    _isClosed = true;
                    _work.Clear();
                }

                onFailure(e);
                throw;
            }
        }
    }
}
