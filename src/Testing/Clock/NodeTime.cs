using System.Diagnostics.CodeAnalysis;
using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>
/// The clock of a node under test. A virtual one goes at the pace of the system's, so that clients with clocks of their own see a node that behaves as ever, and a week passes when the test says so:
/// <see cref="AdvanceAsync"/> returns when the node has done what was due: retention, sessions, transactions that time out. Any thread may call it; calls that
/// overlap follow each other.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Nobody asks for its wait handle, so that it holds nothing of the system; it lives as long as the node under test.")]
public sealed class NodeTime
{
    /// <summary>The longest way that is gone timer by timer: beyond it the clock leaps, and a timer that repeats fires once for each leap.</summary>
    private static readonly TimeSpan ExactMax = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LeapMax = TimeSpan.FromHours(12);
    private static readonly TimeSpan FlowStep = TimeSpan.FromMilliseconds(5);

    /// <summary>How much real time one step may take: a node that is never idle, as clients keep it busy, does not hold the clock up for ever.</summary>
    private static readonly TimeSpan StepMax = TimeSpan.FromMilliseconds(500);

    private const int Leaps = 200;

    private readonly ManualTimeProvider? _clock;
    private readonly TrackedScheduler? _scheduler;
    private readonly SemaphoreSlim _moving = new(1, 1);

    internal NodeTime(bool isVirtual, DateTimeOffset? start)
    {
        if (!isVirtual)
        {
            Provider = TimeProvider.System;
            return;
        }

        // Clients stamp their records: a node whose clock is far from theirs would refuse them.
        _clock = new ManualTimeProvider(start ?? TimeProvider.System.GetUtcNow());
        _scheduler = new TrackedScheduler();
        Provider = _clock;
    }

    /// <summary>Whether the clock can be advanced: <see cref="TestNodeOptions.UsesVirtualTime"/>.</summary>
    public bool IsVirtual => _clock is not null;

    /// <summary>The node's clock, for a client that is to share it.</summary>
    public TimeProvider Provider { get; }

    /// <summary>What the node's clock says.</summary>
    public DateTimeOffset UtcNow => Provider.GetUtcNow();

    internal IWorkers? Workers => _scheduler;

    /// <summary>
    /// Moves the clock, and returns when the node has done what became due. Up to ten minutes it goes from timer to timer; a longer way it goes in about two hundred leaps of at most half a day, with what
    /// repeats happening once in each. Throws <see cref="InvalidOperationException"/> with the system's clock.
    /// </summary>
    public async Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var clock = _clock ?? throw new InvalidOperationException($"the node's time cannot be advanced: start it with {nameof(TestNodeOptions.UsesVirtualTime)}");
        await _moving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SettleAsync().ConfigureAwait(false);
            var target = clock.Elapsed + by;
            if (by <= ExactMax)
            {
                await FireAsync(target, cancellationToken).ConfigureAwait(false);
                return;
            }

            var leap = by / Leaps < LeapMax ? by / Leaps : LeapMax;
            while (clock.Elapsed < target)
            {
                var left = target - clock.Elapsed;
                clock.Leap(left < leap ? left : leap);
                await FireAsync(clock.Elapsed, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _moving.Release();
        }
    }

    /// <summary>As <see cref="AdvanceAsync"/>, blocking the caller.</summary>
    public void Advance(TimeSpan by) => AdvanceAsync(by).GetAwaiter().GetResult();

    /// <summary>Waits until the node has nothing to do before its clock moves. What clients have sent by a socket and is not received yet does not count. Returns at once with the system's clock.</summary>
    public Task WhenIdleAsync() => _scheduler?.WhenIdleAsync() ?? Task.CompletedTask;

    /// <summary>Has the clock go, at the pace of the system's, until disposed; null for the system's.</summary>
    internal IDisposable? Flow() => IsVirtual ? new ClockFlow(FlowStep, MoveByFlow) : null;

    private void MoveByFlow(TimeSpan by)
    {
        // While a test advances the clock it does not go by itself: what is advanced is advanced by so much.
        if (!_moving.Wait(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            var target = _clock!.Elapsed + by;
            _scheduler!.Run(() => FireAll(target));
        }
        finally
        {
            _moving.Release();
        }
    }

    private void FireAll(TimeSpan target)
    {
        while (_clock!.FireNext(target))
        {
        }
    }

    private async Task FireAsync(TimeSpan target, CancellationToken cancellationToken)
    {
        while (await FireOneAsync(target).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await SettleAsync().ConfigureAwait(false);
        }

        await SettleAsync().ConfigureAwait(false);
    }

    /// <summary>Timers fire on the node's scheduler, so that what they start stays on it.</summary>
    private async Task<bool> FireOneAsync(TimeSpan target)
    {
        var fired = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _scheduler!.Run(() => fired.SetResult(_clock!.FireNext(target)));
        return await fired.Task.ConfigureAwait(false);
    }

    private async Task SettleAsync()
    {
        try
        {
            await _scheduler!.WhenIdleAsync().WaitAsync(StepMax).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Clients keep the node busy; the clock goes on all the same.
        }
    }
}
