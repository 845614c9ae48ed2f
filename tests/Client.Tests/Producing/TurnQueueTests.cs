namespace Moldau.Client.Tests;

public class TurnQueueTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Turns_come_in_the_order_of_entering()
    {
        var turns = new TurnQueue();
        turns.Enter().ShouldBeNull();
        TaskCompletionSource second = turns.Enter()!;
        TaskCompletionSource third = turns.Enter()!;

        turns.Leave();
        (second.Task.IsCompleted, third.Task.IsCompleted).ShouldBe((true, false));
        turns.Leave();
        third.Task.IsCompleted.ShouldBeTrue();
        turns.IsBusy.ShouldBeTrue();
        turns.Leave();
        turns.IsBusy.ShouldBeFalse();
    }

    [Fact]
    public async Task Who_gives_up_does_not_hold_up_those_behind()
    {
        var time = new Moldau.Runtime.ManualTimeProvider();
        var turns = new TurnQueue();
        turns.Enter();
        TaskCompletionSource second = turns.Enter()!;
        TaskCompletionSource third = turns.Enter()!;
        ValueTask<bool> waiting = turns.WaitAsync(second, TimeSpan.FromSeconds(1), time, Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        (await waiting).ShouldBeFalse();

        turns.Leave();

        third.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }
}
