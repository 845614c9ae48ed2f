using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Metadata;

namespace Moldau.Broker;

/// <summary>
/// The node's configuration as it is now: what it started with under what was set dynamically for all brokers and for this one (KIP-226). Any thread reads; the metadata publisher's thread
/// replaces it, and tells those who keep something derived.
/// </summary>
public sealed class NodeConfigurationState(NodeConfiguration initial, ILogger<NodeConfigurationState> logger) : IMetadataPublisher
{
    private volatile NodeConfiguration _current = initial;

    /// <summary>Called on the publisher's thread after each change.</summary>
    public event Action<NodeConfiguration>? Changed;

    /// <inheritdoc />
    public string Name => "node configuration";

    public NodeConfiguration Current => _current;

    /// <inheritdoc />
    public void OnMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest)
    {
        var forAll = new ConfigResource(ConfigResourceType.Broker, "");
        var forThis = new ConfigResource(ConfigResourceType.Broker, $"{_current.NodeId}");
        if (delta.Configs is not { } configs || (!configs.Changes.ContainsKey(forAll) && !configs.Changes.ContainsKey(forThis)))
        {
            return;
        }

        List<string> warnings = [];
        _current = _current.WithDynamic(image.Configs.Of(forAll), image.Configs.Of(forThis), warnings);
        foreach (var warning in warnings)
        {
            logger.LogWarning("dynamic configuration: {Warning}", warning);
        }

        Changed?.Invoke(_current);
    }

    /// <inheritdoc />
    public void OnLeaderChange(int leaderId, int leaderEpoch)
    {
    }
}
