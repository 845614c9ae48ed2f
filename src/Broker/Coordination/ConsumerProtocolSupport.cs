using Moldau.Configuration;
using Moldau.Metadata;

namespace Moldau.Broker;

/// <summary>Whether the node serves the consumer protocol (KIP-848): its configuration and the cluster's group.version must say so. Stateless.</summary>
internal static class ConsumerProtocolSupport
{
    public static bool IsEnabled(MetadataLoader loader, NodeConfiguration node) =>
        loader.Image.Features.Level(KnownFeatures.GroupVersion) >= 1 && node.List("group.coordinator.rebalance.protocols").Contains("consumer");
}
