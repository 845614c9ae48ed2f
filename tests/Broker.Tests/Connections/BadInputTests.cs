using System.Text;

namespace Moldau.Broker.Tests;

public sealed class BadInputTests
{
    public static TheoryData<string, byte[], string> Malformed => new()
    {
        { "negative size", [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0], "frame of -1 bytes" },
        { "smallest size", [0x80, 0, 0, 0], "frame of -2147483648 bytes" },
        { "no bytes", [0, 0, 0, 0], "frame of 0 bytes, less than a request header" },
        { "less than a header", [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0], "frame of 7 bytes" },
        { "too large", [0x06, 0x40, 0, 1], "frame of 104857601 bytes, more than the 104857600 of socket.request.max.bytes" },
        { "TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03], "TLS on a plaintext listener" },
        { "HTTP", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"), "HTTP" },
        { "not admitted", TestPeer.Frame(6, 1), "Six: not served here" },
        { "refused by its handler", TestPeer.Frame(4, 1), "Api4: a field is wrong" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Malformed_frames_close_the_connection_with_one_line_and_harm_nobody(string what, byte[] bytes, string reason)
    {
        await using var node = new ServerFixture();
        using TestPeer other = await node.Connect();
        using TestPeer peer = await node.Connect("evil");
        await peer.Send([.. TestPeer.Frame(0, 1), .. bytes]);
        (await peer.ReceiveNumber()).ShouldBe(1, what);
        (await peer.IsClosed()).ShouldBeTrue(what);
        string line = node.Warnings.ShouldHaveSingleItem();
        line.ShouldContain(reason);
        line.ShouldContain(peer.Connection.LocalEndPoint.ToString());
        line.ShouldContain("PLAINTEXT");
        await other.Send(TestPeer.Frame(0, 2));
        (await other.ReceiveNumber()).ShouldBe(2);
        node.Server.Stats.Violations.ShouldBe(1);
        node.Server.RequestMemory.ReservedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Earlier_requests_are_answered_before_a_bad_one_closes()
    {
        await using var node = new ServerFixture();
        using TestPeer peer = await node.Connect();
        await peer.Send([.. TestPeer.Frame(1, 1), .. TestPeer.Frame(0, 2), .. TestPeer.Frame(4, 3), .. TestPeer.Frame(0, 4)]);
        await node.Echo.UntilProcessed(3);
        node.Echo.Release(0);
        (await peer.ReceiveNumber()).ShouldBe(1);
        (await peer.ReceiveNumber()).ShouldBe(2);
        (await peer.ReceiveNumber()).ShouldBeNull();
        node.Warnings.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(11)]
    public async Task A_peer_that_leaves_within_a_frame_costs_nothing(int sent)
    {
        await using var node = new ServerFixture();
        using (TestPeer peer = await node.Connect())
        {
            await peer.Send(TestPeer.Frame(0, 1)[..sent]);
        }

        node.Server.Stats.Open.ShouldBe(0);
        node.Server.RequestMemory.ReservedBytes.ShouldBe(0);
        node.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Random_bytes_never_stop_the_node()
    {
        const int seed = 4;
        var random = new Random(seed);
        await using var node = new ServerFixture();
        for (int round = 0; round < 300; round++)
        {
            using TestPeer peer = await node.Connect();
            byte[] bytes = new byte[random.Next(2, 200)];
            random.NextBytes(bytes);
            bytes[0] &= (byte)(round % 3 == 0 ? 0xff : 0);
            bytes[1] &= (byte)(round % 3 == 0 ? 0xff : 0);
            await peer.Send(bytes);
        }

        using TestPeer last = await node.Connect();
        await last.Send(TestPeer.Frame(0, 7));
        (await last.ReceiveNumber()).ShouldBe(7, $"seed {seed}");
    }
}
