using System.Diagnostics.CodeAnalysis;
using Moldau.Records;

namespace Moldau.Coordination;

/// <summary>Appends the marker that ends a producer's transaction in a shard's partition.</summary>
internal sealed class TransactionCompletionEvent<TShard>(string name, long producerId, short producerEpoch, EndTransactionMarker marker, short transactionVersion) : DeferredEvent<TShard>
    where TShard : class, ICoordinatorShard
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string Name => name;

    public Task Task => _done.Task;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The exception goes on through the task, to whoever awaits it.")]
    public override void Run(CoordinatorCell<TShard> cell)
    {
        if (IsCompleted)
        {
            return;
        }

        try
        {
            cell.CompleteTransaction(producerId, producerEpoch, marker, transactionVersion, this);
        }
        catch (Exception failure)
        {
            Complete(cell, failure);
        }
    }

    protected override void OnCompleted(Exception? failure)
    {
        if (failure is not null)
        {
            _done.SetException(failure);
        }
        else
        {
            _done.SetResult();
        }
    }
}
