using Moldau.Core;

namespace Moldau.Client;

/// <summary>What happens to the application when partitions come and go, and closing.</summary>
public sealed partial class Consumer
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Ends joins, which wait for other members, when this one leaves.</summary>
    private readonly CancellationTokenSource _leaving = new();

    /// <summary>Ends what is left when closing takes too long.</summary>
    private readonly CancellationTokenSource _abandoning = new();

    private Task? _closed;
    private CallerFlow? _telling;

    /// <summary>Leaves the group as <see cref="GroupMembershipOperation.Default"/> says, commits what is done where that is automatic, and closes.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    /// <summary>
    /// Ends the enumeration, gives the partitions up (<see cref="ConsumerOptions.OnRevoked"/> is called), commits what is done where that is automatic, leaves the group or not (KIP-1092), and
    /// closes all connections. A record that a handler has now is waited for, up to <paramref name="timeout"/>; 30 s when it is null. Called out of the enumeration itself, as after its last
    /// record, it waits for nothing: the enumeration ends with the next turn, and the record in hand is undone, as after a <c>break</c>. A second call ends with the first.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called by <see cref="ConsumerOptions.OnAssigned"/>, OnRevoked or OnLost, which it would wait for.</exception>
    public Task CloseAsync(GroupMembershipOperation operation = GroupMembershipOperation.Default, TimeSpan? timeout = null)
    {
        Task closed;
        lock (_gate)
        {
            ThrowIfTelling("closed");
            FreeOwnHand();
            _isClosed = true;
            closed = _closed ??= CloseOnceAsync(operation, timeout ?? CloseTimeout);
        }

        _wakesConsumer.Set();
        _handIsFree.Set();
        return closed;
    }

    private async Task CloseOnceAsync(GroupMembershipOperation operation, TimeSpan timeout)
    {
        // Outside of the gate, which the caller holds.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await using var tooLong = _time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), _abandoning, timeout, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        await LeaveAsync(operation).ConfigureAwait(false);
        if (_options.AutoCommit && _options.GroupId is not null && !_abandoning.IsCancellationRequested)
        {
            await CommitLastAsync(null).ConfigureAwait(false);
        }

        _closing.Cancel();
        lock (_gate)
        {
            foreach (var state in _states.Values.ToList())
            {
                Remove(state);
            }
        }

        await _pumpTimer.DisposeAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Who is told of partitions is waited for by all that takes them away. Under the gate.</summary>
    private void ThrowIfTelling(string what)
    {
        if (_telling is { IsCallers: true })
        {
            throw new InvalidOperationException($"a consumer cannot be {what} by its own OnAssigned, OnRevoked or OnLost: have the loop that consumes do it");
        }
    }

    /// <summary>What the enumeration has that this is called out of is not waited for: it would wait for itself. Under the gate.</summary>
    private void FreeOwnHand()
    {
        if (_flow is { IsCallers: true })
        {
            TakeOutOfHand();
        }
    }

    private async Task LeaveAsync(GroupMembershipOperation operation)
    {
        await CommitWhileJoiningAsync().ConfigureAwait(false);
        Task? loop;
        lock (_gate)
        {
            loop = _groupLoop;
            var isStatic = _options.GroupInstanceId is not null;
            var leaves = operation == GroupMembershipOperation.LeaveGroup || (operation == GroupMembershipOperation.Default && !isStatic);

            // A static member that stays tells so under the consumer protocol (epoch -2), and says nothing under the classic one.
            _membership?.Leave(leaves || (isStatic && _options.GroupProtocol == GroupProtocol.Consumer), staysStatic: !leaves);
        }

        if (loop is null)
        {
            return;
        }

        if (_isClosed)
        {
            _leaving.Cancel();
        }

        _wakesGroup.Set();
        await loop.ConfigureAwait(false);
    }

    /// <summary>
    /// What is done of partitions that a cooperative member kept when it joined again is committed before it gives that join up: the coordinator may have ended it already, and takes a commit with
    /// the new generation only, which this member would never learn.
    /// </summary>
    private async Task CommitWhileJoiningAsync()
    {
        bool keeps;
        List<TopicPartition> partitions;
        lock (_gate)
        {
            keeps = _membership is { KeepsWhileJoining: true };
            partitions = _states.Values.Select(state => state.Partition).ToList();
        }

        if (keeps && _options.AutoCommit)
        {
            if (_isClosed)
            {
                // The record in hand is the last one, and is to be committed with the others.
                await WaitForHandAsync(partitions).ConfigureAwait(false);
            }

            await CommitLastAsync(null).ConfigureAwait(false);
        }
    }

    private async Task RebalanceAsync(GroupMembership member, GroupRebalance change)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await GiveUpAsync(change.Revoked, isLost: false).ConfigureAwait(false);
        await GiveUpAsync(change.Lost, isLost: true).ConfigureAwait(false);
        if (change.IsAssignment)
        {
            await TakeAsync(change.Assigned).ConfigureAwait(false);
        }

        lock (_gate)
        {
            member.OnRebalanced(change, NowMs);
        }

        _wakesGroup.Set();
    }

    private async Task GiveUpAsync(IReadOnlyList<TopicPartition> partitions, bool isLost)
    {
        if (partitions.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_states.TryGetValue(partition, out var state))
                {
                    state.IsRevoked = true;
                }
            }

            DropVoid();
        }

        await WaitForHandAsync(partitions).ConfigureAwait(false);
        if (!isLost && _options.AutoCommit)
        {
            await CommitLastAsync(partitions).ConfigureAwait(false);
        }

        await CallAsync(isLost && _options.OnLost is not null ? _options.OnLost : _options.OnRevoked, partitions).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_states.TryGetValue(partition, out var state))
                {
                    Remove(state);
                }
            }

            Pump();
        }
    }

    /// <summary>Waits until the application has no record of these partitions any more, for as long as the group waits for this member.</summary>
    private async Task WaitForHandAsync(IReadOnlyList<TopicPartition> partitions)
    {
        var until = NowMs + (long)_options.MaxPollInterval.TotalMilliseconds;
        while (true)
        {
            lock (_gate)
            {
                if (_inHand is not { } state || !partitions.Contains(state.Partition))
                {
                    return;
                }
            }

            var left = until - NowMs;
            if (left <= 0 || _abandoning.IsCancellationRequested)
            {
                return;
            }

            await _handIsFree.WaitAsync(TimeSpan.FromMilliseconds(left), _time, _abandoning.Token).ConfigureAwait(false);
        }
    }

    private async Task CommitLastAsync(IReadOnlyCollection<TopicPartition>? partitions)
    {
        try
        {
            await CommitCompletedAsync(partitions, _abandoning.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            LogFailure(_log, "committing automatically", "the time for closing is over");
        }
    }

    private async Task TakeAsync(IReadOnlyList<TopicPartition> partitions)
    {
        _cluster.Watch(partitions.Select(partition => partition.Topic.Value));
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_states.Remove(partition, out var old))
                {
                    old.IsRevoked = true;
                }

                _states.Add(partition, new PartitionState(partition) { IsHeld = true });
            }

            DropVoid();
        }

        await CallAsync(_options.OnAssigned, partitions).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_states.TryGetValue(partition, out var state))
                {
                    state.IsHeld = false;
                }
            }

            Pump();
        }
    }

    /// <summary>Calls the application. What it throws ends its enumeration, not the rebalance: other members wait for that.</summary>
    private async Task CallAsync(Func<IReadOnlyList<TopicPartition>, CancellationToken, ValueTask>? delegated, IReadOnlyList<TopicPartition> partitions)
    {
        if (delegated is null)
        {
            return;
        }

        var telling = CallerFlow.Begin();
        _telling = telling;
        try
        {
            await delegated(partitions, _abandoning.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            telling.End();
        }
    }
}
