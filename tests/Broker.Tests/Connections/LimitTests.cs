using System.Net;
using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task Requests_over_the_memory_of_the_node_wait_in_turn()
    {
        await using var node = new ServerFixture(new ConnectionLimits { QueuedRequestBytesMax = 1000 });
        using TestPeer first = await node.Connect();
        using TestPeer second = await node.Connect();
        using TestPeer third = await node.Connect();
        await first.Send(TestPeer.Frame(1, 1, filling: 792));
        await node.Echo.UntilProcessed(1);
        node.Server.RequestMemory.ReservedBytes.ShouldBe(800);

        // The second does not fit; the third would, but came later.
        await second.Send(TestPeer.Frame(1, 2, filling: 292));
        await third.Send(TestPeer.Frame(1, 3, filling: 92));
        node.Echo.Processed.ShouldBe(1);
        node.Server.RequestMemory.ReservedBytes.ShouldBe(800);

        node.Echo.Release(0);
        (await first.ReceiveNumber()).ShouldBe(1);
        await node.Echo.UntilProcessed(3);
        node.Server.RequestMemory.ReservedBytes.ShouldBe(400);
        node.Echo.Release(0 + 1);
        node.Echo.Release(0 + 2);
        int?[] numbers = [await second.ReceiveNumber(), await third.ReceiveNumber()];
        numbers.ShouldBe([2, 3]);
        node.Server.RequestMemory.ReservedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_larger_than_the_memory_of_the_node_is_let_in_alone()
    {
        await using var node = new ServerFixture(new ConnectionLimits { QueuedRequestBytesMax = 10 });
        using TestPeer peer = await node.Connect();
        await peer.Send([.. TestPeer.Frame(0, 1, filling: 500), .. TestPeer.Frame(0, 2, filling: 500)]);
        (await peer.ReceiveNumber()).ShouldBe(1);
        (await peer.ReceiveNumber()).ShouldBe(2);
    }

    [Fact]
    public async Task One_who_gives_up_waiting_for_memory_lets_the_next_in()
    {
        var memory = new RequestMemory(100);
        await memory.ReserveAsync(60, CancellationToken.None);
        using var leaving = new CancellationTokenSource();
        ValueTask large = memory.ReserveAsync(90, leaving.Token);
        ValueTask small = memory.ReserveAsync(30, CancellationToken.None);
        small.IsCompleted.ShouldBeFalse();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await large);
        await small;
        memory.ReservedBytes.ShouldBe(90);
    }

    [Fact]
    public async Task A_slow_reader_holds_up_itself_alone()
    {
        await using var node = new ServerFixture(new ConnectionLimits { QueuedResponseBytesPerConnectionMax = 3_000_000 });
        using TestPeer slow = await node.Connect();
        await slow.Send([.. Enumerable.Range(0, 50).SelectMany(number => TestPeer.Frame(5, number))]);
        await node.Echo.UntilProcessed(3);
        node.Echo.Processed.ShouldBeLessThan(6);
        node.Server.QueuedResponseBytes.ShouldBeLessThan(6_000_000);

        using TestPeer other = await node.Connect();
        for (int number = 0; number < 100; number++)
        {
            await other.Send(TestPeer.Frame(0, number));
            (await other.ReceiveNumber()).ShouldBe(number);
        }

        for (int number = 0; number < 50; number++)
        {
            (await slow.ReceiveNumber()).ShouldBe(number);
        }
    }

    [Fact]
    public async Task Answers_that_wait_on_the_whole_node_stop_the_reading_of_those_who_do_not_take_them()
    {
        await using var node = new ServerFixture(new ConnectionLimits { QueuedResponseBytesMax = 2_000_000 });
        var slow = new List<TestPeer>();
        for (int i = 0; i < 10; i++)
        {
            slow.Add(await node.Connect());
            await slow[i].Send([.. TestPeer.Frame(5, 1), .. TestPeer.Frame(5, 2), .. TestPeer.Frame(5, 3)]);
        }

        // Each may have one answer before it counts as slow.
        node.Server.QueuedResponseBytes.ShouldBeLessThan(13_000_000);
        using TestPeer other = await node.Connect();
        await other.Send(TestPeer.Frame(0, 9));
        (await other.ReceiveNumber()).ShouldBe(9);
        foreach (TestPeer peer in slow)
        {
            for (int number = 1; number <= 3; number++)
            {
                (await peer.ReceiveNumber()).ShouldBe(number);
            }

            peer.Dispose();
        }
    }

    [Fact]
    public async Task An_address_has_no_more_connections_than_allowed()
    {
        var limits = new ConnectionLimits
        {
            ConnectionsPerAddressMax = 2,
            ConnectionsPerAddressOverrides = new Dictionary<IPAddress, int> { [IPAddress.Parse("10.0.9.9")] = 1 },
        };
        await using var node = new ServerFixture(limits);
        using TestPeer a = await node.Connect("one");
        using TestPeer b = await node.Connect("one");
        using TestPeer c = await node.Connect("one");
        (await c.IsClosed()).ShouldBeTrue();
        using TestPeer d = await node.Connect("other");
        await d.Send(TestPeer.Frame(0, 4));
        (await d.ReceiveNumber()).ShouldBe(4);
        using TestPeer e = await node.Connect("10.0.9.9");
        using TestPeer f = await node.Connect("10.0.9.9");
        (await f.IsClosed()).ShouldBeTrue();
        a.Dispose();
        using TestPeer g = await node.Connect("one");
        await g.Send(TestPeer.Frame(0, 5));
        (await g.ReceiveNumber()).ShouldBe(5);
        node.Server.Stats.Refused.ShouldBe(2);
    }

    [Fact]
    public async Task At_max_connections_the_next_waits_until_one_goes()
    {
        await using var node = new ServerFixture(new ConnectionLimits { ConnectionsMax = 2 });
        TestPeer first = await node.Connect();
        using TestPeer second = await node.Connect();
        using TestPeer third = await node.Connect();
        await third.Send(TestPeer.Frame(0, 3));
        node.Server.Stats.Open.ShouldBe(2);
        first.Dispose();
        (await third.ReceiveNumber()).ShouldBe(3);
    }

    [Fact]
    public async Task Another_broker_takes_the_place_of_the_quietest_client()
    {
        await using var node = new ServerFixture(new ConnectionLimits { ConnectionsMax = 2 });
        using TestPeer quiet = await node.Connect();
        node.Advance(10);
        using TestPeer busy = await node.Connect();
        using TestPeer broker = await node.Connect("broker-2", ServerFixture.Port + 1);
        await broker.Send(TestPeer.Frame(0, 3));
        (await broker.ReceiveNumber()).ShouldBe(3);
        (await quiet.IsClosed()).ShouldBeTrue();
        await busy.Send(TestPeer.Frame(0, 4));
        (await busy.ReceiveNumber()).ShouldBe(4);
    }

    [Fact]
    public async Task Connections_are_created_no_faster_than_the_rate()
    {
        await using var node = new ServerFixture(new ConnectionLimits { ConnectionCreationRateMax = 5 });
        var peers = new List<TestPeer>();
        for (int i = 0; i < 12; i++)
        {
            peers.Add(await node.Connect());
        }

        node.Server.Stats.Accepted.ShouldBe(4, "the accept under way took the fifth token before its connection came, and each listener holds one");
        for (int second = 0; second < 3; second++)
        {
            node.Advance(1000);
        }

        node.Server.Stats.Accepted.ShouldBe(12);
        peers.ForEach(peer => peer.Dispose());
    }

    [Fact]
    public async Task An_idle_connection_is_closed_and_a_used_one_is_not()
    {
        await using var node = new ServerFixture(new ConnectionLimits { IdleMsMax = 10_000 });
        using TestPeer idle = await node.Connect();
        using TestPeer used = await node.Connect();
        for (int i = 0; i < 3; i++)
        {
            node.Advance(4_000);
            await used.Send(TestPeer.Frame(0, i));
            (await used.ReceiveNumber()).ShouldBe(i);
        }

        (await idle.IsClosed()).ShouldBeTrue();
        node.Server.Stats.Open.ShouldBe(1);
        node.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_connection_whose_request_waits_is_not_idle()
    {
        await using var node = new ServerFixture(new ConnectionLimits { IdleMsMax = 10_000 });
        using TestPeer peer = await node.Connect();
        await peer.Send(TestPeer.Frame(1, 1));
        await node.Echo.UntilProcessed(1);
        node.Advance(60_000);
        node.Echo.Release(0);
        (await peer.ReceiveNumber()).ShouldBe(1);
        node.Advance(60_000);
        (await peer.IsClosed()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_peer_that_never_takes_its_answers_is_closed()
    {
        await using var node = new ServerFixture(new ConnectionLimits { IdleMsMax = 10_000 });
        using TestPeer peer = await node.Connect();
        await peer.Send(TestPeer.Frame(5, 1));
        await node.Echo.UntilProcessed(1);
        node.Server.QueuedResponseBytes.ShouldBeGreaterThan(0);
        node.Advance(60_000);
        node.Server.Stats.Open.ShouldBe(0);
        node.Server.QueuedResponseBytes.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(100)]
    public async Task Half_a_frame_is_not_waited_for_for_ever(int sent)
    {
        await using var node = new ServerFixture(new ConnectionLimits { FrameMsMax = 5_000 });
        using TestPeer peer = await node.Connect();
        await peer.Send(TestPeer.Frame(0, 1, filling: 1000)[..sent]);
        node.Advance(4_900);
        node.Server.Stats.Open.ShouldBe(1);
        node.Advance(5_600);
        (await peer.IsClosed()).ShouldBeTrue();
        node.Warnings.ShouldHaveSingleItem().ShouldContain("not whole");
        node.Server.RequestMemory.ReservedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task A_throttled_connection_is_not_read_until_its_time_has_passed()
    {
        var processor = new ThrottlingProcessor(throttleMs: 3_000);
        await using var node = new ServerFixture(processor: processor);
        using TestPeer peer = await node.Connect();
        await peer.Send([.. TestPeer.Frame(0, 1), .. TestPeer.Frame(0, 2)]);
        (await peer.ReceiveNumber()).ShouldBe(1);
        processor.Processed.ShouldBe(1);
        node.Advance(2_900);
        processor.Processed.ShouldBe(1);
        node.Advance(200);
        (await peer.ReceiveNumber()).ShouldBe(2);
    }

    [Fact]
    public async Task A_stop_answers_what_is_owed_and_refuses_the_rest()
    {
        await using var node = new ServerFixture();
        using TestPeer idle = await node.Connect();
        using TestPeer owed = await node.Connect();
        await owed.Send(TestPeer.Frame(1, 1));
        await node.Echo.UntilProcessed(1);
        Task stop = node.Server.StopAsync(TimeSpan.FromSeconds(10));
        (await idle.IsClosed()).ShouldBeTrue();
        stop.IsCompleted.ShouldBeFalse();
        await Should.ThrowAsync<NetworkException>(() => node.Connect());
        node.Echo.Release(0);
        (await owed.ReceiveNumber()).ShouldBe(1);
        (await owed.IsClosed()).ShouldBeTrue();
        await stop;
    }

    [Fact]
    public async Task A_stop_does_not_wait_longer_than_it_is_told()
    {
        await using var node = new ServerFixture();
        using TestPeer owed = await node.Connect();
        await owed.Send(TestPeer.Frame(1, 1));
        await node.Echo.UntilProcessed(1);
        Task stop = node.Server.StopAsync(TimeSpan.FromSeconds(10));
        node.Advance(10_001);
        (await owed.IsClosed()).ShouldBeTrue();
        await stop;
        node.Echo.Release(0);
        node.Log.At(LogLevel.Critical).ShouldBeEmpty();
    }
}
