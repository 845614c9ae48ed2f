using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>A connection server in memory with a manual clock.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    public const int Port = 9092;

    public ServerFixture(ConnectionLimits? limits = null, IRequestProcessor? processor = null, int pipeBytes = 64 * 1024)
    {
        Network = new MemoryNetwork(pipeBytes);
        Echo = processor as EchoProcessor ?? new EchoProcessor();
        Server = new ConnectionServer(Network, processor ?? Echo, Time, Log, limits ?? new ConnectionLimits());
        Server.Bind(new ListenerBinding { Name = "PLAINTEXT", Host = "broker", Port = Port, Kind = ListenerKind.Broker });
        Server.Bind(new ListenerBinding { Name = "INTERNAL", Host = "broker", Port = Port + 1, Kind = ListenerKind.Broker, IsInterBroker = true });
        Server.Start();
    }

    public ManualTimeProvider Time { get; } = new();

    public MemoryNetwork Network { get; }

    public EchoProcessor Echo { get; }

    public RecordingLogger<ConnectionServer> Log { get; } = new();

    public ConnectionServer Server { get; }

    public IEnumerable<string> Warnings => Log.At(LogLevel.Warning);

    public async Task<TestPeer> Connect(string from = "client", int port = Port) =>
        new(await Network.ConnectAsync(from, "broker", port, TestContext.Current.CancellationToken));

    public void Advance(int ms) => Time.Advance(TimeSpan.FromMilliseconds(ms));

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync(TimeSpan.Zero);

        // A sender whose peer has its answer already may still be about to give the buffer back on another thread, and one whose connection has closed to count that.
        for (int turn = 0; turn < 100_000 && (Server.QueuedResponseBytes != 0 || Server.Stats.Open != 0); turn++)
        {
            await Task.Yield();
        }

        Server.Stats.Open.ShouldBe(0);
        Server.QueuedResponseBytes.ShouldBe(0);
    }
}
