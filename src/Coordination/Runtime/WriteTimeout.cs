using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>Ends a write that was not committed in time. What it appended stays.</summary>
internal sealed class WriteTimeout<TShard>(DeferredEvent<TShard> write, long timeoutMs) : CoordinatorEvent<TShard>
    where TShard : class, ICoordinatorShard
{
    public override void Run(CoordinatorCell<TShard> cell)
    {
        if (!write.IsCompleted)
        {
            cell.Metrics.TimedOut();
            write.Complete(cell, new CoordinatorException(ErrorCode.RequestTimedOut, $"{write.Name} was not committed within {timeoutMs} ms"));
        }
    }
}
