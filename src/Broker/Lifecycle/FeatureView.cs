using Moldau.Metadata;
using Moldau.Raft;

namespace Moldau.Broker;

/// <summary>What ApiVersions tells of features, from the current image.</summary>
public sealed class FeatureView(MetadataLoader loader, IRaftClient raft, NodeIdentity identity) : IFeatureView
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
            List<FinalizedFeature> finalized = [.. image.Features.Levels.Select(level => new FinalizedFeature(level.Key, level.Value))];
            if (image.Features.FinalizedMetadataVersion is { } version)
            {
                finalized.Add(new FinalizedFeature(MetadataVersion.FeatureName, version.Level));
            }

            // kraft.version lives in the quorum's own log, not among the metadata records (KIP-853).
            if (raft.KRaftVersion > 0)
            {
                finalized.Add(new FinalizedFeature(KnownFeatures.KRaftVersion, raft.KRaftVersion));
            }

            return new FeatureSnapshot(Supported, image.Offset, finalized);
        }
    }
}
