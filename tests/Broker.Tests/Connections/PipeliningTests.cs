namespace Moldau.Broker.Tests;

public sealed class PipeliningTests
{
    [Fact]
    public async Task A_hundred_requests_in_one_write_are_answered_in_order()
    {
        await using var node = new ServerFixture();
        using TestPeer peer = await node.Connect();
        await peer.Send([.. Enumerable.Range(0, 100).SelectMany(number => TestPeer.Frame(0, number, filling: number * 7))]);
        for (int number = 0; number < 100; number++)
        {
            (await peer.ReceiveNumber()).ShouldBe(number);
        }
    }

    [Fact]
    public async Task A_request_that_waits_holds_back_later_answers_but_not_later_requests()
    {
        await using var node = new ServerFixture();
        using TestPeer peer = await node.Connect();
        await peer.Send([.. TestPeer.Frame(1, 0), .. Enumerable.Range(1, 99).SelectMany(number => TestPeer.Frame(0, number))]);
        await node.Echo.UntilProcessed(100);
        node.Server.Stats.Responses.ShouldBe(0);
        node.Echo.Release(0);
        for (int number = 0; number < 100; number++)
        {
            (await peer.ReceiveNumber()).ShouldBe(number);
        }
    }

    [Fact]
    public async Task Answers_completed_in_any_order_are_sent_in_the_order_of_the_requests()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        await using var node = new ServerFixture();
        using TestPeer peer = await node.Connect();
        int[] order = [.. Enumerable.Range(0, 50)];
        await peer.Send([.. order.SelectMany(number => TestPeer.Frame(1, number, filling: 100))]);
        await node.Echo.UntilProcessed(50);
        random.Shuffle(order);
        foreach (int index in order)
        {
            node.Echo.Release(index);
        }

        for (int number = 0; number < 50; number++)
        {
            (await peer.ReceiveNumber()).ShouldBe(number, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_request_that_is_not_dispatched_holds_up_the_next_ones()
    {
        await using var node = new ServerFixture();
        using TestPeer peer = await node.Connect();
        await peer.Send([.. TestPeer.Frame(2, 1), .. TestPeer.Frame(0, 2)]);
        await node.Echo.UntilProcessed(1);
        node.Echo.Processed.ShouldBe(1);
        node.Echo.Release(0);
        (await peer.ReceiveNumber()).ShouldBe(1);
        (await peer.ReceiveNumber()).ShouldBe(2);
    }

    [Fact]
    public async Task A_request_without_an_answer_leaves_no_gap()
    {
        await using var node = new ServerFixture();
        using TestPeer peer = await node.Connect();
        await peer.Send([.. TestPeer.Frame(0, 1), .. TestPeer.Frame(3, 2), .. TestPeer.Frame(3, 3), .. TestPeer.Frame(0, 4)]);
        (await peer.ReceiveNumber()).ShouldBe(1);
        (await peer.ReceiveNumber()).ShouldBe(4);
    }

    [Fact]
    public async Task Frames_may_come_byte_by_byte_and_larger_than_what_is_read_ahead()
    {
        await using var node = new ServerFixture();
        using TestPeer peer = await node.Connect();
        byte[] frames = [.. TestPeer.Frame(0, 1), .. TestPeer.Frame(0, 2, filling: 5000), .. TestPeer.Frame(0, 3, filling: 2036), .. TestPeer.Frame(0, 4, filling: 3)];
        foreach (byte one in frames)
        {
            await peer.Send(one);
        }

        for (int number = 1; number <= 4; number++)
        {
            (await peer.ReceiveNumber()).ShouldBe(number);
        }
    }

    [Fact]
    public async Task Requests_beyond_the_limit_are_not_read_until_earlier_ones_are_answered()
    {
        await using var node = new ServerFixture(new ConnectionLimits { InFlightRequestsMax = 3 });
        using TestPeer peer = await node.Connect();
        await peer.Send([.. Enumerable.Range(0, 10).SelectMany(number => TestPeer.Frame(1, number))]);
        await node.Echo.UntilProcessed(3);
        node.Echo.Processed.ShouldBe(3);
        for (int number = 0; number < 10; number++)
        {
            await node.Echo.UntilProcessed(number + 1);
            node.Echo.Release(number);
            (await peer.ReceiveNumber()).ShouldBe(number);
        }
    }

    [Fact]
    public async Task What_was_sent_before_the_peer_stopped_sending_is_processed()
    {
        await using var node = new ServerFixture();
        using (TestPeer peer = await node.Connect())
        {
            await peer.Send([.. Enumerable.Range(0, 20).SelectMany(number => TestPeer.Frame(3, number))]);
        }

        await node.Echo.UntilProcessed(20);
    }
}
