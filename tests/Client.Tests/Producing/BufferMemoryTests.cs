namespace Moldau.Client.Tests;

public class BufferMemoryTests
{
    private const int BlockBytes = 100;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_ran_out_of_memory_goes_on_when_an_eighth_is_free_and_then_all_in_line_do()
    {
        var memory = new BufferMemory(32 * BlockBytes, BlockBytes);
        byte[][] taken = [.. Enumerable.Range(0, 32).Select(_ => Take(memory))];
        memory.TryTake(BlockBytes, out _).ShouldBeFalse();
        Task<byte[]?> first = memory.TakeAsync(BlockBytes, long.MaxValue, Cancellation).AsTask();
        Task<byte[]?> second = memory.TakeAsync(BlockBytes, long.MaxValue, Cancellation).AsTask();

        for (int i = 0; i < 3; i++)
        {
            memory.Return(taken[i]);
        }

        memory.IsExhausted.ShouldBeTrue();
        first.IsCompleted.ShouldBeFalse();
        memory.Return(taken[3]);
        (await first).ShouldNotBeNull();
        (await second).ShouldNotBeNull();
        memory.IsExhausted.ShouldBeFalse();
        memory.AvailableBytes.ShouldBe(2 * BlockBytes);
    }

    [Fact]
    public async Task Where_an_eighth_is_less_than_a_batch_one_batch_is_enough()
    {
        var memory = new BufferMemory(2 * BlockBytes, BlockBytes);
        byte[] taken = Take(memory);
        Take(memory);
        ValueTask<byte[]?> waiting = memory.TakeAsync(BlockBytes, long.MaxValue, Cancellation);
        memory.Return(taken);
        (await waiting).ShouldBeSameAs(taken);
    }

    private static byte[] Take(BufferMemory memory)
    {
        memory.TryTake(BlockBytes, out byte[] buffer).ShouldBeTrue();
        return buffer;
    }
}
