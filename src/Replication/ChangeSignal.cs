using System.Threading.Tasks.Sources;

namespace Moldau.Replication;

/// <summary>
/// Lets one request wait until a partition it registered with moves, or its deadline comes. One awaits at a time; changes that come while nobody awaits are kept.
/// The awaiting code goes on through its scheduler, never inline on the thread that appended.
/// </summary>
public sealed class ChangeSignal : PartitionWaiter, IValueTaskSource<bool>
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private bool _changed;
    private bool _expired;
    private bool _awaited;

    /// <summary>True when a partition has moved since the last wait; false when the deadline has come.</summary>
    public ValueTask<bool> WaitAsync()
    {
        lock (_gate)
        {
            if (_expired || _changed)
            {
                _changed = false;
                return ValueTask.FromResult(!_expired);
            }

            _core.Reset();
            _awaited = true;
            return new ValueTask<bool>(this, _core.Version);
        }
    }

    /// <summary>Ends the waiting before its deadline: nobody is there for the answer any more, or the node stops.</summary>
    public void Cancel() => Signal(expired: true);

    /// <summary>Wakes who waits, as a change of a partition does.</summary>
    public void Change() => Signal(expired: false);

    /// <summary>Makes it fit for another request: nobody waits, and no deadline is on its way. A change that comes late wakes the other once too often.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _changed = false;
            _expired = false;
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    protected override void OnDeadline() => Signal(expired: true);

    protected internal override void OnPartitionChanged() => Signal(expired: false);

    private void Signal(bool expired)
    {
        lock (_gate)
        {
            _expired |= expired;
            if (!_awaited)
            {
                _changed = true;
                return;
            }

            _awaited = false;
        }

        _core.SetResult(!expired);
    }
}
