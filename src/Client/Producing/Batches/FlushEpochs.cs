namespace Moldau.Client;

/// <summary>Counts the batches that are not done, by the flush that waits for them. Any thread.</summary>
internal sealed class FlushEpochs
{
    private readonly Lock _gate = new();
    private readonly Queue<FlushEpoch> _closed = new();
    private FlushEpoch _current = new();
    private int _closedCount;

    /// <summary>Whether somebody flushes: all that is there goes out at once.</summary>
    public bool IsFlushing => Volatile.Read(ref _closedCount) > 0;

    /// <summary>All batches that are not done.</summary>
    public int BatchesCount { get; private set; }

    /// <summary>Counts a new batch.</summary>
    public FlushEpoch Enter()
    {
        lock (_gate)
        {
            _current.BatchesCount++;
            BatchesCount++;
            return _current;
        }
    }

    /// <summary>Counts the batches that another one was split into, which take its place.</summary>
    public void EnterAgain(FlushEpoch epoch)
    {
        lock (_gate)
        {
            epoch.BatchesCount++;
            BatchesCount++;
        }
    }

    /// <summary>A batch is done.</summary>
    public void Leave(FlushEpoch epoch)
    {
        List<TaskCompletionSource>? flushed;
        lock (_gate)
        {
            epoch.BatchesCount--;
            BatchesCount--;
            flushed = TakeFlushed();
        }

        flushed?.ForEach(waiter => waiter.TrySetResult());
    }

    /// <summary>Begins a flush: the task ends when all batches that are there now are done, however they end.</summary>
    public Task FlushAsync()
    {
        Task task;
        List<TaskCompletionSource>? flushed;
        lock (_gate)
        {
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            task = waiter.Task;
            _current.Flushed = waiter;
            _closed.Enqueue(_current);
            _closedCount = _closed.Count;
            _current = new FlushEpoch();
            flushed = TakeFlushed();
        }

        flushed?.ForEach(waiter => waiter.TrySetResult());
        return task;
    }

    private List<TaskCompletionSource>? TakeFlushed()
    {
        List<TaskCompletionSource>? flushed = null;
        while (_closed.TryPeek(out FlushEpoch? first) && first.BatchesCount == 0)
        {
            (flushed ??= []).Add(_closed.Dequeue().Flushed!);
        }

        _closedCount = _closed.Count;
        return flushed;
    }
}
