using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;
using Moldau.Runtime;
using Moldau.Runtime.Os;

namespace Moldau.Broker.Tests;

/// <summary>The same server over real sockets.</summary>
public sealed class SocketTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_connections_pipeline_over_loopback_and_get_their_own_answers()
    {
        ConnectionServer server = Start(new EchoProcessor(), out INetwork network, out int port);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            using var peer = new TestPeer(await network.ConnectAsync("127.0.0.1", port, Cancellation));
            for (int round = 0; round < 20; round++)
            {
                await peer.Send([.. Enumerable.Range(0, 10).SelectMany(i => TestPeer.Frame(0, (number * 1000) + i, filling: i * number * 50))]);
                for (int i = 0; i < 10; i++)
                {
                    (await peer.ReceiveNumber()).ShouldBe((number * 1000) + i);
                }
            }
        }));
        await server.StopAsync(TimeSpan.FromSeconds(10));
        server.Stats.Open.ShouldBe(0);
        server.Stats.Requests.ShouldBe(4000);
    }

    [Fact]
    public async Task An_answer_with_file_ranges_arrives_whole()
    {
        const int size = 6 * 1024 * 1024;
        string path = Path.Combine(Directory.CreateTempSubdirectory("moldau-socket-").FullName, "segment");
        byte[] content = new byte[size];
        new Random(5).NextBytes(content);
        using IDiskFile file = new OsDisk().Open(path, DiskOpenMode.CreateNew);
        file.Write(content, 0);
        ConnectionServer server = Start(new FileProcessor(file), out INetwork network, out int port);
        using (var peer = new TestPeer(await network.ConnectAsync("127.0.0.1", port, Cancellation)))
        {
            await peer.Send([.. TestPeer.Frame(0, 1), .. TestPeer.Frame(0, 2)]);
            for (int answer = 0; answer < 2; answer++)
            {
                byte[]? frame = await peer.ReceiveFrame();
                frame.ShouldNotBeNull();
                frame.Length.ShouldBe(1 + size - 10 + 2 + 5);
                frame[0].ShouldBe((byte)1);
                frame.AsSpan(1, size - 10).SequenceEqual(content.AsSpan(10)).ShouldBeTrue();
                byte[] rest = [2, 3, .. content.AsSpan(0, 5)];
                frame.AsSpan(1 + size - 10).SequenceEqual(rest).ShouldBeTrue();
            }
        }

        await server.StopAsync(TimeSpan.FromSeconds(10));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static ConnectionServer Start(IRequestProcessor processor, out INetwork network, out int port)
    {
        network = new OsNetwork();
        var server = new ConnectionServer(network, processor, TimeProvider.System, NullLogger<ConnectionServer>.Instance, new ConnectionLimits());
        BoundListener listener = server.Bind(new ListenerBinding { Name = "PLAINTEXT", Host = "127.0.0.1", Port = 0, Kind = ListenerKind.Broker });
        server.Start();
        port = listener.LocalEndPoint.Port;
        return server;
    }

    private sealed class FileProcessor(IDiskFile file) : IRequestProcessor
    {
        public Admission Admit(Connection connection, short apiKey, short apiVersion, int frameBytes) => Admission.Taken(frameBytes);

        public void Process(PendingRequest request)
        {
            byte[] head = ArrayPool<byte>.Shared.Rent(8);
            head[4] = 1;
            var frame = new OutgoingFrame(head, 5);
            frame.AddFile(file, 10, file.Length - 10, lease: null);
            frame.Add(new byte[] { 2, 3 });
            frame.AddFile(file, 0, 5, lease: null);
            request.Complete(frame);
        }

        public string ApiName(short apiKey) => "File";
    }
}
