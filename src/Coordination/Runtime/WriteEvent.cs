using System.Diagnostics.CodeAnalysis;

namespace Moldau.Coordination;

/// <summary>An operation that may append records.</summary>
internal sealed class WriteEvent<TShard, T>(string name, Func<TShard, CoordinatorResult<T>> operation, TransactionalWrite transaction) : DeferredEvent<TShard>
    where TShard : class, ICoordinatorShard
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CoordinatorResult<T>? _result;

    public override string Name => name;

    public Task<T> Task => _done.Task;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The exception goes on through the task, to whoever awaits it.")]
    public override void Run(CoordinatorCell<TShard> cell)
    {
        if (IsCompleted)
        {
            return;
        }

        try
        {
            var result = operation(cell.ActiveShard());
            _result = result;
            cell.Append(result.Records, result.ReplayRecords, result.IsAtomic, transaction, this);
        }
        catch (Exception failure)
        {
            Complete(cell, failure);
        }
    }

    protected override void OnCompleted(Exception? failure)
    {
        if (_result is { AfterAppend: { } afterAppend })
        {
            afterAppend(failure is null ? null : CoordinatorFailures.From(failure));
        }

        if (failure is not null)
        {
            _done.SetException(failure);
        }
        else
        {
            _done.SetResult(_result!.Value.Response);
        }
    }
}
