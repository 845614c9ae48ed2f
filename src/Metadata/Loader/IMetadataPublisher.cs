namespace Moldau.Metadata;

/// <summary>
/// Takes new metadata over into one part of a node. All calls come from the loader, one after the other, in the fixed order of the publishers; an
/// implementation does its work before it returns, and never blocks on the network.
/// </summary>
public interface IMetadataPublisher
{
    /// <summary>For logs.</summary>
    string Name { get; }

    /// <summary>There is new metadata. The first call has a delta over the empty image.</summary>
    void OnMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest);

    /// <summary>The metadata quorum has another leader (-1: none), or a new epoch.</summary>
    void OnLeaderChange(int leaderId, int leaderEpoch);
}
