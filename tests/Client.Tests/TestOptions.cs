using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>Options over a network in memory.</summary>
internal sealed record TestOptions : ClientOptions
{
    public static TestOptions On(MemoryNetwork network, TimeProvider? time = null) => new()
    {
        BootstrapServers = "broker:9092",
        ClientId = "test",
        RetryBackoff = TimeSpan.FromMilliseconds(1),
        ReconnectBackoff = TimeSpan.FromMilliseconds(1),
        Seams = new ClientSeams { Network = network, Time = time ?? TimeProvider.System },
    };
}
