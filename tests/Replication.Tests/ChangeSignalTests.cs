using Moldau.Runtime;

namespace Moldau.Replication.Tests;

/// <summary>One who waits for partitions: nothing that happens is missed, whenever it happens.</summary>
public sealed class ChangeSignalTests
{
    [Fact]
    public async Task A_change_before_the_wait_is_kept_for_it()
    {
        var signal = new ChangeSignal();
        signal.OnPartitionChanged();
        signal.OnPartitionChanged();

        (await signal.WaitAsync()).ShouldBeTrue();
        var next = signal.WaitAsync();
        next.IsCompleted.ShouldBeFalse("two changes before one look are one");
        signal.Cancel();
        (await next).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_during_the_wait_ends_it_and_the_next_wait_begins_anew()
    {
        var signal = new ChangeSignal();
        for (var round = 0; round < 3; round++)
        {
            var waiting = signal.WaitAsync();
            waiting.IsCompleted.ShouldBeFalse();
            signal.OnPartitionChanged();
            (await waiting).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_change_between_two_waits_is_kept_for_the_second()
    {
        var signal = new ChangeSignal();
        var first = signal.WaitAsync();
        signal.OnPartitionChanged();
        signal.OnPartitionChanged();

        (await first).ShouldBeTrue();
        (await signal.WaitAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task After_the_deadline_or_a_cancellation_nobody_waits_any_more()
    {
        var time = new ManualTimeProvider();
        using var wheel = new TimingWheel(time);
        var signal = new ChangeSignal();
        wheel.Add(signal, 100);
        var waiting = signal.WaitAsync();
        waiting.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(200));

        (await waiting).ShouldBeFalse();
        signal.OnPartitionChanged();
        (await signal.WaitAsync()).ShouldBeFalse();

        var cancelled = new ChangeSignal();
        cancelled.Cancel();
        (await cancelled.WaitAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Every_change_of_another_thread_is_seen()
    {
        const int Changes = 20_000;
        var signal = new ChangeSignal();
        var made = 0;
        var maker = new Thread(() =>
        {
            for (var i = 0; i < Changes; i++)
            {
                Volatile.Write(ref made, i + 1);
                signal.OnPartitionChanged();
            }
        });
        maker.Start();

        // Would hang if one wake-up were lost: the last change must be seen.
        while (Volatile.Read(ref made) < Changes)
        {
            (await signal.WaitAsync()).ShouldBeTrue();
        }

        maker.Join();
    }
}
