using System.Diagnostics.CodeAnalysis;

namespace Moldau.Coordination;

/// <summary>An operation that reads committed state.</summary>
internal sealed class ReadEvent<TShard, T>(Func<TShard, long, T> operation) : CoordinatorEvent<TShard>
    where TShard : class, ICoordinatorShard
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The exception goes on through the task, to whoever awaits it.")]
    public override void Run(CoordinatorCell<TShard> cell)
    {
        T value;
        try
        {
            value = operation(cell.ActiveShard(), cell.LastCommittedOffset);
        }
        catch (Exception failure)
        {
            _done.SetException(failure);
            return;
        }

        _done.SetResult(value);
    }
}
