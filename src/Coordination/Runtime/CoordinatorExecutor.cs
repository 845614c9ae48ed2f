using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Moldau.Coordination;

/// <summary>Tasks of one shard on the node's workers.</summary>
internal sealed class CoordinatorExecutor<TShard>(CoordinatorCell<TShard> cell) : ICoordinatorExecutor
    where TShard : class, ICoordinatorShard
{
    private readonly Dictionary<string, object> _running = new(StringComparer.Ordinal);

    public bool Schedule<T>(string key, Func<T> task, Func<T?, Exception?, CoordinatorResult<bool>> operation)
    {
        var token = new object();
        if (!_running.TryAdd(key, token))
        {
            return false;
        }

        cell.Workers.Run(() => Work(key, token, task, operation));
        return true;
    }

    public void Cancel(string key) => _running.Remove(key);

    public bool IsScheduled(string key) => _running.ContainsKey(key);

    public void CancelAll() => _running.Clear();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The exception goes on to the operation, which is asked what to make of it.")]
    private void Work<T>(string key, object token, Func<T> task, Func<T?, Exception?, CoordinatorResult<bool>> operation)
    {
        var result = default(T);
        Exception? failure = null;
        try
        {
            result = task();
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        var write = new InternalWriteEvent<TShard>(key, () => Take(key, token) ? operation(result, failure) : false, refused => Ended(key, refused));
        write.Arm(cell, cell.TimerWriteTimeoutMs);
        cell.Enqueue(write);
    }

    private bool Take(string key, object token) => _running.TryGetValue(key, out var current) && current == token && _running.Remove(key);

    private void Ended(string key, Exception? failure)
    {
        if (failure is not null)
        {
            cell.Logger.LogWarning("{Partition}: the result of {Key} was not taken: {Reason}", cell.Partition, key, failure.Message);
        }
    }
}
