using Moldau.Metadata;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>What an active controller does by itself: fencing brokers that are silent, electing leaders, and keeping the log moving.</summary>
public sealed partial class QuorumController
{
    private long _lastAppendMs;
    private long _nextBalanceMs;
    private long _nextUncleanElectionMs;
    private int _isTickQueued;

    private long TickMs
    {
        get
        {
            long period = Math.Max(50, _options.Node.BrokerSessionTimeoutMs / 4);
            return _options.Node.MetadataMaxIdleIntervalMs > 0 ? Math.Min(period, Math.Max(50, _options.Node.MetadataMaxIdleIntervalMs)) : period;
        }
    }

    private void OnTimer()
    {
        // A queue that is behind gets one tick, not one for each period it missed.
        if (Interlocked.Exchange(ref _isTickQueued, 1) == 0)
        {
            _queue.Post(Tick);
        }
    }

    private void Tick()
    {
        Volatile.Write(ref _isTickQueued, 0);
        if (!IsActive)
        {
            return;
        }

        ShareImage();
        long now = NowMs;
        FenceStaleBrokers();
        if (_options.Node.AutoLeaderRebalance && now >= _nextBalanceMs)
        {
            bool hasMore = RunTask(LeadershipManager.BalanceLeaders(_latest, Context(RequestOptions.Default)));
            _nextBalanceMs = hasMore ? now : now + (_options.Node.LeaderImbalanceCheckIntervalSeconds * 1000);
        }

        if (IsActive && now >= _nextUncleanElectionMs)
        {
            bool hasMore = RunTask(LeadershipManager.ElectUncleanLeaders(_latest, Context(RequestOptions.Default)));
            _nextUncleanElectionMs = hasMore ? now : now + _options.Node.UncleanElectionIntervalMs;
        }

        int idleMs = _options.Node.MetadataMaxIdleIntervalMs;
        if (IsActive && idleMs > 0 && now - _lastAppendMs >= idleMs)
        {
            // Followers learn that they are up to date, and metrics that the quorum lives.
            Append([new(new NoOpRecord(), 0)], isAtomic: false, out _);
        }
    }

    private void FenceStaleBrokers()
    {
        while (IsActive)
        {
            ControllerResult<int?> result = ClusterManager.FenceStaleBroker(_latest, Context(RequestOptions.Default), _sessions);
            if (result.Response is not { } broker || Append(result.Records, isAtomic: false, out _).IsError)
            {
                return;
            }

            _options.Log?.Invoke($"broker {broker} is fenced: its session has timed out");
        }
    }

    private bool RunTask(ControllerResult<bool> result) => !Append(result.Records, result.IsAtomic, out _).IsError && result.Response;

    private void ResetTasks(long now)
    {
        _lastAppendMs = now;
        _nextBalanceMs = now + (_options.Node.LeaderImbalanceCheckIntervalSeconds * 1000);
        _nextUncleanElectionMs = now;
    }
}
