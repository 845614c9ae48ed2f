namespace Moldau.Runtime.Tests;

public sealed class MemoryNetworkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_and_ports_are_the_same_in_each_run()
    {
        for (int run = 0; run < 2; run++)
        {
            var network = new MemoryNetwork();
            using INetworkListener listener = network.Listen("broker-1", 9092);
            using INetworkConnection client = await network.ConnectAsync("app", "broker-1", 9092, Cancellation);
            using INetworkConnection server = await listener.AcceptAsync(Cancellation);
            listener.LocalEndPoint.ToString().ShouldBe("10.0.0.1:9092");
            server.RemoteEndPoint.ToString().ShouldBe("10.0.0.2:49152");
            client.LocalEndPoint.ShouldBe(server.RemoteEndPoint);
        }
    }

    [Fact]
    public async Task A_sender_waits_when_the_pipe_is_full_and_all_bytes_arrive()
    {
        (INetworkConnection client, INetworkConnection server) = await Pair(new MemoryNetwork(pipeBytes: 10_000));
        byte[] content = new byte[100_000];
        new Random(3).NextBytes(content);
        ValueTask send = client.SendAsync(content, Cancellation);
        send.IsCompleted.ShouldBeFalse();
        byte[] received = new byte[content.Length];
        for (int done = 0; done < received.Length;)
        {
            done += await server.ReceiveAsync(received.AsMemory(done, Math.Min(777, received.Length - done)), Cancellation);
        }

        await send;
        received.ShouldBe(content);
    }

    [Fact]
    public async Task What_was_sent_before_a_close_is_received_then_the_end()
    {
        (INetworkConnection client, INetworkConnection server) = await Pair(new MemoryNetwork());
        await client.SendAsync("bye"u8.ToArray(), Cancellation);
        client.Dispose();
        (await server.ReceiveAsync(new byte[10], Cancellation)).ShouldBe(3);
        (await server.ReceiveAsync(new byte[10], Cancellation)).ShouldBe(0);
        await Should.ThrowAsync<NetworkException>(async () => await server.SendAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task Disposing_ends_what_waits_and_frees_the_address()
    {
        var network = new MemoryNetwork(pipeBytes: 10);
        INetworkListener listener = network.Listen("b", 1);
        Should.Throw<NetworkException>(() => network.Listen("b", 1));
        (INetworkConnection client, INetworkConnection server) = await Pair(network);
        ValueTask<int> receive = client.ReceiveAsync(new byte[1], Cancellation);
        ValueTask send = client.SendAsync(new byte[100], Cancellation);
        ValueTask<INetworkConnection> accept = listener.AcceptAsync(Cancellation);
        client.Dispose();
        listener.Dispose();
        await Should.ThrowAsync<NetworkException>(async () => await receive);
        await Should.ThrowAsync<NetworkException>(async () => await send);
        await Should.ThrowAsync<NetworkException>(async () => await accept);
        await Should.ThrowAsync<NetworkException>(async () => await network.ConnectAsync("b", 1, Cancellation));
        network.Listen("b", 1).Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task A_cancelled_receive_leaves_the_connection_usable()
    {
        (INetworkConnection client, INetworkConnection server) = await Pair(new MemoryNetwork());
        using var source = new CancellationTokenSource();
        ValueTask<int> receive = server.ReceiveAsync(new byte[1], source.Token);
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await receive);
        ValueTask<int> again = server.ReceiveAsync(new byte[1], Cancellation);
        await client.SendAsync(new byte[1], Cancellation);
        (await again).ShouldBe(1);
    }

    private static async Task<(INetworkConnection Client, INetworkConnection Server)> Pair(MemoryNetwork network)
    {
        using INetworkListener listener = network.Listen("pair", 0);
        INetworkConnection client = await network.ConnectAsync("pair", listener.LocalEndPoint.Port, Cancellation);
        return (client, await listener.AcceptAsync(Cancellation));
    }
}
