namespace Moldau.Client.Tests;

public class TurnQueueTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Turns_come_in_the_order_of_entering()
    {
        var turns = new TurnQueue();
        TaskCompletionSource? first = turns.Enter();
        first.ShouldBeNull();
        TaskCompletionSource second = turns.Enter()!;
        TaskCompletionSource third = turns.Enter()!;

        turns.Leave(first);
        (second.Task.IsCompleted, third.Task.IsCompleted).ShouldBe((true, false));
        turns.Leave(second);
        third.Task.IsCompleted.ShouldBeTrue();
        turns.IsBusy.ShouldBeTrue();
        turns.Leave(third);
        turns.IsBusy.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_gives_up_does_not_hold_up_those_behind()
    {
        var time = new Moldau.Runtime.ManualTimeProvider();
        var turns = new TurnQueue();
        TaskCompletionSource? first = turns.Enter();
        TaskCompletionSource second = turns.Enter()!;
        TaskCompletionSource third = turns.Enter()!;
        ValueTask<bool> waiting = TurnQueue.WaitAsync(second, TimeSpan.FromSeconds(1), time, Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        (await waiting).ShouldBeFalse();
        turns.Leave(second);

        turns.Leave(first);

        third.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_behind_has_the_turn_before_the_one_whose_time_is_over_has_left()
    {
        var time = new Moldau.Runtime.ManualTimeProvider();
        var turns = new TurnQueue();
        TaskCompletionSource? first = turns.Enter();
        TaskCompletionSource second = turns.Enter()!;
        Task passing = turns.PassAsync(Cancellation);
        ValueTask<bool> waiting = TurnQueue.WaitAsync(second, TimeSpan.FromSeconds(1), time, Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        (await waiting).ShouldBeFalse();

        turns.Leave(first);
        passing.IsCompleted.ShouldBeFalse();
        turns.Leave(second);

        await passing;
        turns.IsBusy.ShouldBeFalse();
    }
}
