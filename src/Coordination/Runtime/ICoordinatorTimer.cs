namespace Moldau.Coordination;

/// <summary>The timers of one shard, known by their keys. All of it is for the shard's thread; an operation whose time has come runs there too, as any write.</summary>
public interface ICoordinatorTimer
{
    /// <summary>Runs the operation after the delay; a timer of the same key is replaced. With <paramref name="retry"/> an operation that fails is tried again half a second later.</summary>
    void Schedule(string key, long delayMs, bool retry, Func<CoordinatorResult<bool>> operation);

    /// <summary>As <see cref="Schedule"/> unless there is a timer of that key.</summary>
    void ScheduleIfAbsent(string key, long delayMs, bool retry, Func<CoordinatorResult<bool>> operation);

    void Cancel(string key);

    bool IsScheduled(string key);
}
