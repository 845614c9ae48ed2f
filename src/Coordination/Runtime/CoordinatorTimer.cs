using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Coordination;

/// <summary>The timers of one shard on the runtime's wheel. One that was cancelled or replaced may still be queued when it fires: it is known by being the one in the table.</summary>
internal sealed class CoordinatorTimer<TShard>(CoordinatorCell<TShard> cell) : ICoordinatorTimer
    where TShard : class, ICoordinatorShard
{
    private const long RetryBackoffMs = 500;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public void Schedule(string key, long delayMs, bool retry, Func<CoordinatorResult<bool>> operation)
    {
        Cancel(key);
        var entry = new Entry(this, key, retry, operation);
        _entries.Add(key, entry);
        cell.Wheel.Add(entry, delayMs);
    }

    public void ScheduleIfAbsent(string key, long delayMs, bool retry, Func<CoordinatorResult<bool>> operation)
    {
        if (!_entries.ContainsKey(key))
        {
            Schedule(key, delayMs, retry, operation);
        }
    }

    public void Cancel(string key)
    {
        if (_entries.Remove(key, out var entry))
        {
            cell.Wheel.Remove(entry);
        }
    }

    public bool IsScheduled(string key) => _entries.ContainsKey(key);

    public void CancelAll()
    {
        foreach (var entry in _entries.Values)
        {
            cell.Wheel.Remove(entry);
        }

        _entries.Clear();
    }

    private void Fire(Entry entry)
    {
        var write = new InternalWriteEvent<TShard>(entry.Key, () => Take(entry) ? entry.Operation() : false, failure => Ended(entry, failure));
        write.Arm(cell, cell.TimerWriteTimeoutMs);
        cell.Enqueue(write);
    }

    /// <summary>Whether the timer that fired still is the one of its key.</summary>
    private bool Take(Entry entry) => _entries.TryGetValue(entry.Key, out var current) && current == entry && _entries.Remove(entry.Key);

    private void Ended(Entry entry, Exception? failure)
    {
        switch (failure)
        {
            case null:
                return;
            case CoordinatorException { Error: ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress }:
                cell.Logger.LogDebug("{Partition}: the timer {Key} ended as the coordinator is not active", cell.Partition, entry.Key);
                return;
            default:
                cell.Logger.LogError(failure, "{Partition}: the timer {Key} failed: {Reason}", cell.Partition, entry.Key, failure.Message);
                if (entry.Retry)
                {
                    ScheduleIfAbsent(entry.Key, RetryBackoffMs, entry.Retry, entry.Operation);
                }

                return;
        }
    }

    private sealed class Entry(CoordinatorTimer<TShard> owner, string key, bool retry, Func<CoordinatorResult<bool>> operation) : WheelEntry
    {
        public string Key => key;

        public bool Retry => retry;

        public Func<CoordinatorResult<bool>> Operation => operation;

        protected override void OnDeadline() => owner.Fire(this);
    }
}
