using Moldau.Runtime;

namespace Moldau.Coordination;

/// <summary>
/// A write that waits: first for its batch, then for the high watermark, and never longer than its deadline. It is completed on the shard's thread, once.
/// </summary>
internal abstract class DeferredEvent<TShard> : CoordinatorEvent<TShard>
    where TShard : class, ICoordinatorShard
{
    private Deadline? _deadline;

    public bool IsCompleted { get; private set; }

    /// <summary>For logs and errors.</summary>
    public abstract string Name { get; }

    /// <summary>Sets the deadline, before the event is queued.</summary>
    public void Arm(CoordinatorCell<TShard> cell, long timeoutMs)
    {
        _deadline = new Deadline(cell, this, timeoutMs);
        cell.Wheel.Add(_deadline, timeoutMs);
    }

    /// <summary>Ends the waiting: with null when it is committed, else with the reason.</summary>
    public void Complete(CoordinatorCell<TShard> cell, Exception? failure)
    {
        if (IsCompleted)
        {
            return;
        }

        IsCompleted = true;
        if (_deadline is not null)
        {
            cell.Wheel.Remove(_deadline);
        }

        OnCompleted(failure);
    }

    protected abstract void OnCompleted(Exception? failure);

    /// <summary>The time of the write is over: said on the shard's thread, as its answer may touch the shard.</summary>
    private sealed class Deadline(CoordinatorCell<TShard> cell, DeferredEvent<TShard> write, long timeoutMs) : WheelEntry
    {
        protected override void OnDeadline() => cell.Enqueue(new WriteTimeout<TShard>(write, timeoutMs));
    }
}
