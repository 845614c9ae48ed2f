using Moldau.Metadata;

namespace Moldau.Broker;

/// <summary>What ApiVersions tells of features, from the current image.</summary>
public sealed class FeatureView(MetadataLoader loader, NodeIdentity identity) : IFeatureView
{
    private static readonly IReadOnlyList<SupportedFeature> Supported =
        [.. KnownFeatures.SupportedRanges.Select(feature => new SupportedFeature(feature.Key, feature.Value.Min, feature.Value.Max))];

    /// <inheritdoc />
    public string? ClusterId => identity.ClusterId;

    /// <inheritdoc />
    public int NodeId => identity.NodeId;

    /// <inheritdoc />
    public FeatureSnapshot Current
    {
        get
        {
            var image = loader.Image;
            var levels = image.Features.FinalizedLevels;
            return new FeatureSnapshot(Supported, image.Offset, [.. levels.Select(level => new FinalizedFeature(level.Key, level.Value, level.Value))]);
        }
    }
}
