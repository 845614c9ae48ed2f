using System.Net;
using System.Net.Sockets;

namespace Moldau.Runtime.Os.Tests;

public sealed class OsNetworkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_arrive_and_a_close_is_seen_as_the_end()
    {
        (INetworkConnection client, INetworkConnection server) = await Pair(new OsNetwork(), "127.0.0.1");
        using (client)
        using (server)
        {
            await client.SendAsync("hello"u8.ToArray(), Cancellation);
            (await Receive(server, 5)).ShouldBe("hello"u8.ToArray());
            server.RemoteEndPoint.ShouldBe(client.LocalEndPoint);
            client.RemoteEndPoint.ShouldBe(server.LocalEndPoint);
            client.Dispose();
            (await server.ReceiveAsync(new byte[1], Cancellation)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task An_empty_host_takes_both_families_and_shows_plain_addresses()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "the machine has no IPv6");
        var network = new OsNetwork();
        using INetworkListener listener = network.Listen("", 0);
        foreach (string host in (string[])["127.0.0.1", "::1", "localhost"])
        {
            using INetworkConnection client = await network.ConnectAsync(host, listener.LocalEndPoint.Port, Cancellation);
            using INetworkConnection server = await listener.AcceptAsync(Cancellation);
            server.RemoteEndPoint.Address.IsIPv4MappedToIPv6.ShouldBeFalse();
            IPAddress.IsLoopback(server.RemoteEndPoint.Address).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_port_is_had_once_and_again_after_its_listener_has_gone()
    {
        var network = new OsNetwork();
        INetworkListener first = network.Listen("127.0.0.1", 0);
        int port = first.LocalEndPoint.Port;
        Should.Throw<NetworkException>(() => network.Listen("127.0.0.1", port)).Message.ShouldContain($"127.0.0.1:{port}");
        first.Dispose();
        network.Listen("127.0.0.1", port).Dispose();
    }

    [Fact]
    public async Task Refused_and_unknown_hosts_fail_with_the_address()
    {
        var network = new OsNetwork();
        int port;
        using (INetworkListener listener = network.Listen("127.0.0.1", 0))
        {
            port = listener.LocalEndPoint.Port;
        }

        (await Should.ThrowAsync<NetworkException>(async () => await network.ConnectAsync("127.0.0.1", port, Cancellation))).Message.ShouldContain($"127.0.0.1:{port}");
        Should.Throw<NetworkException>(() => network.Listen("203.0.113.77", 0)).Message.ShouldContain("203.0.113.77");
    }

    [Fact]
    public async Task Disposing_ends_what_waits()
    {
        var network = new OsNetwork();
        INetworkListener listener = network.Listen("127.0.0.1", 0);
        ValueTask<INetworkConnection> accept = listener.AcceptAsync(Cancellation);
        listener.Dispose();
        await Should.ThrowAsync<NetworkException>(async () => await accept);

        (INetworkConnection client, INetworkConnection server) = await Pair(network, "127.0.0.1");
        ValueTask<int> receive = server.ReceiveAsync(new byte[1], Cancellation);
        server.Dispose();
        await Should.ThrowAsync<NetworkException>(async () => await receive);
        await Should.ThrowAsync<NetworkException>(async () => await server.ReceiveAsync(new byte[1], Cancellation));
        await Should.ThrowAsync<NetworkException>(async () => await server.SendAsync(new byte[1], Cancellation));
        client.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_file_range_arrives_whole_though_the_receiver_is_slow(bool linux)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "compares sendfile of Linux with the fallback");
        const int size = 24 * 1024 * 1024;
        const int position = 12_345;
        using var directory = new TemporaryDirectory();
        using IDiskFile file = new OsDisk(linux).Open(directory["segment"], DiskOpenMode.CreateNew);
        byte[] content = new byte[size];
        new Random(11).NextBytes(content);
        file.Write(content, 0);

        (INetworkConnection client, INetworkConnection server) = await Pair(new OsNetwork(new OsNetworkOptions { SendBufferBytes = 32 * 1024 }), "127.0.0.1");
        using (client)
        using (server)
        {
            // The send fills the socket's buffers and must wait: nobody receives until it has returned to us unfinished.
            ValueTask send = server.SendFileAsync(file, position, size - position - 7, Cancellation);
            send.IsCompleted.ShouldBeFalse();
            byte[] received = await Receive(client, size - position - 7);
            await send;
            received.AsSpan().SequenceEqual(content.AsSpan(position, size - position - 7)).ShouldBeTrue();

            await server.SendAsync("end"u8.ToArray(), Cancellation);
            (await Receive(client, 3)).ShouldBe("end"u8.ToArray());
        }
    }

    [Fact]
    public async Task What_is_sent_with_more_to_follow_arrives_whole_before_what_follows()
    {
        (INetworkConnection client, INetworkConnection server) = await Pair(new OsNetwork(new OsNetworkOptions { SendBufferBytes = 32 * 1024 }), "127.0.0.1");
        using (client)
        using (server)
        {
            byte[] head = new byte[8 * 1024 * 1024];
            new Random(12).NextBytes(head);
            ValueTask send = server.SendAsync(head, moreFollows: true, Cancellation);
            byte[] received = await Receive(client, head.Length - 100_000);
            await send;
            await server.SendAsync("end"u8.ToArray(), moreFollows: false, Cancellation);
            byte[] rest = await Receive(client, 100_003);
            received.AsSpan().SequenceEqual(head.AsSpan(0, received.Length)).ShouldBeTrue();
            rest.AsSpan(0, 100_000).SequenceEqual(head.AsSpan(received.Length)).ShouldBeTrue();
            rest.AsSpan(100_000).SequenceEqual("end"u8).ShouldBeTrue();
            server.Dispose();
            await Should.ThrowAsync<NetworkException>(async () => await server.SendAsync(head, moreFollows: true, Cancellation));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_range_past_the_end_of_the_file_fails_after_what_there_is(bool linux)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "compares sendfile of Linux with the fallback");
        using var directory = new TemporaryDirectory();
        using IDiskFile file = new OsDisk(linux).Open(directory["segment"], DiskOpenMode.CreateNew);
        file.Write("0123456789"u8, 0);
        (INetworkConnection client, INetworkConnection server) = await Pair(new OsNetwork(), "127.0.0.1");
        using (client)
        using (server)
        {
            (await Should.ThrowAsync<NetworkException>(async () => await server.SendFileAsync(file, 5, 10, Cancellation))).Message.ShouldContain("ends at 10");
            (await Receive(client, 5)).ShouldBe("56789"u8.ToArray());
        }
    }

    [Fact]
    public async Task A_receiver_that_goes_away_fails_the_send()
    {
        using var directory = new TemporaryDirectory();
        using IDiskFile file = new OsDisk().Open(directory["segment"], DiskOpenMode.CreateNew);
        file.SetLength(64 * 1024 * 1024);
        (INetworkConnection client, INetworkConnection server) = await Pair(new OsNetwork(), "127.0.0.1");
        ValueTask send = server.SendFileAsync(file, 0, file.Length, Cancellation);
        client.Dispose();
        await Should.ThrowAsync<NetworkException>(async () => await send);
        server.Dispose();
    }

    private static async Task<(INetworkConnection Client, INetworkConnection Server)> Pair(OsNetwork network, string host)
    {
        using INetworkListener listener = network.Listen(host, 0);
        INetworkConnection client = await network.ConnectAsync(host, listener.LocalEndPoint.Port, Cancellation);
        return (client, await listener.AcceptAsync(Cancellation));
    }

    private static async Task<byte[]> Receive(INetworkConnection connection, int count)
    {
        byte[] buffer = new byte[count];
        for (int done = 0; done < count;)
        {
            int received = await connection.ReceiveAsync(buffer.AsMemory(done), Cancellation);
            received.ShouldBeGreaterThan(0);
            done += received;
        }

        return buffer;
    }
}
