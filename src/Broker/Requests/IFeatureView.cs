namespace Moldau.Broker;

/// <summary>What ApiVersions tells of the cluster's features (KIP-584) and of the node itself. Any thread may ask; a snapshot of one moment is returned.</summary>
public interface IFeatureView
{
    /// <summary>The cluster's id; null while the node does not know it.</summary>
    string? ClusterId { get; }

    int NodeId { get; }

    /// <summary>The features as they are now.</summary>
    FeatureSnapshot Current { get; }
}
