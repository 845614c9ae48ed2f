using Moldau.Embedded;
using Moldau.Runtime;

namespace Moldau.Client.Suite;

/// <summary>A node in this process.</summary>
internal sealed class EmbeddedCluster : IRunningCluster
{
    private readonly MoldauNode _node;

    private EmbeddedCluster(MoldauNode node) => _node = node;

    public string BootstrapServers => _node.BootstrapServers;

    public INetwork Network => _node.Network;

    public static async Task<EmbeddedCluster> StartAsync() => new(await MoldauNode.StartAsync(options =>
    {
        options.UsesSockets = false;
        foreach (var (key, value) in ClusterUnderTest.Settings)
        {
            options.Override(key, value);
        }
    }));

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
