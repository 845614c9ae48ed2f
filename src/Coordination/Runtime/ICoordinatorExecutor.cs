namespace Moldau.Coordination;

/// <summary>Work of a shard that takes long, done by a worker beside it: resolving regular expressions, assigning partitions. For the shard's thread.</summary>
public interface ICoordinatorExecutor
{
    /// <summary>
    /// Runs <paramref name="task"/> on a worker, which must not touch the shard, then <paramref name="operation"/> on the shard's thread with its result or what it threw. False when a task
    /// of that key runs already.
    /// </summary>
    bool Schedule<T>(string key, Func<T> task, Func<T?, Exception?, CoordinatorResult<bool>> operation);

    /// <summary>The operation of the task will not run.</summary>
    void Cancel(string key);

    bool IsScheduled(string key);
}
