using Moldau.Configuration;
using Moldau.Metadata;

namespace Moldau.Controller;

/// <summary>
/// The controller's configuration as an image has it: what the node started with under what is set for all brokers and for this node (KIP-226). Made anew only when that changed. Belongs to the
/// controller's queue. What cannot be used is left out here without a word: the node's own state warns of it.
/// </summary>
internal sealed class DynamicNodeConfiguration(NodeConfiguration initial)
{
    private readonly ConfigResource _ofAll = new(ConfigResourceType.Broker, "");
    private readonly ConfigResource _own = new(ConfigResourceType.Broker, $"{initial.NodeId}");
    private IReadOnlyDictionary<string, string>? _defaults;
    private IReadOnlyDictionary<string, string>? _overrides;
    private NodeConfiguration _current = initial;

    public NodeConfiguration Of(MetadataImage image)
    {
        IReadOnlyDictionary<string, string> defaults = image.Configs.Of(_ofAll);
        IReadOnlyDictionary<string, string> overrides = image.Configs.Of(_own);
        if (!ReferenceEquals(defaults, _defaults) || !ReferenceEquals(overrides, _overrides))
        {
            _current = _current.WithDynamic(defaults, overrides, []);
            _defaults = defaults;
            _overrides = overrides;
        }

        return _current;
    }
}
