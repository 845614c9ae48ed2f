namespace Moldau.Client.Tests;

public class WakeSignalTests
{
    private readonly WakeSignal _signal = new();

    [Fact]
    public async Task What_is_set_while_nobody_waits_wakes_the_next_once()
    {
        _signal.Set();
        _signal.Set();
        await _signal.WaitAsync(CancellationToken.None);
        var second = _signal.WaitAsync(CancellationToken.None).AsTask();
        second.IsCompleted.ShouldBeFalse();
        _signal.Set();
        await second;
    }

    [Fact]
    public async Task A_token_ends_the_waiting_and_not_the_next()
    {
        using var cancellation = new CancellationTokenSource();
        var first = _signal.WaitAsync(cancellation.Token).AsTask();
        cancellation.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        await Should.ThrowAsync<OperationCanceledException>(async () => await _signal.WaitAsync(cancellation.Token));

        var next = _signal.WaitAsync(CancellationToken.None).AsTask();
        next.IsCompleted.ShouldBeFalse();
        _signal.Set();
        await next;
    }

    [Fact]
    public async Task No_wake_up_is_lost_between_two_threads()
    {
        const int Rounds = 20_000;
        var answer = new WakeSignal();
        var other = Task.Factory.StartNew(
            async () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    await _signal.WaitAsync(CancellationToken.None);
                    answer.Set();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            TaskScheduler.Default).Unwrap();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        for (var i = 0; i < Rounds; i++)
        {
            _signal.Set();
            await answer.WaitAsync(cancellation.Token);
        }

        await other;
    }
}
