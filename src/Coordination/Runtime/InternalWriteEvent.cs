using System.Diagnostics.CodeAnalysis;

namespace Moldau.Coordination;

/// <summary>A write that the shard asked for itself, by a timer or a task beside it: nobody awaits it, its end is told on the shard's thread.</summary>
internal sealed class InternalWriteEvent<TShard>(string name, Func<CoordinatorResult<bool>> operation, Action<Exception?> completed) : DeferredEvent<TShard>
    where TShard : class, ICoordinatorShard
{
    private Action<CoordinatorException?>? _afterAppend;

    public override string Name => name;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The exception goes on to whoever is told the end.")]
    public override void Run(CoordinatorCell<TShard> cell)
    {
        if (IsCompleted)
        {
            return;
        }

        try
        {
            _ = cell.ActiveShard();
            var result = operation();
            _afterAppend = result.AfterAppend;
            cell.Append(result.Records, result.ReplayRecords, result.IsAtomic, TransactionalWrite.None, this);
        }
        catch (Exception failure)
        {
            Complete(cell, failure);
        }
    }

    protected override void OnCompleted(Exception? failure)
    {
        _afterAppend?.Invoke(failure is null ? null : CoordinatorFailures.From(failure));
        completed(failure);
    }
}
