namespace Moldau.Metadata;

/// <summary>Where an update came from.</summary>
/// <param name="Provenance">Up to where the new image reaches.</param>
/// <param name="IsSnapshot">True when the image was loaded whole; false when it follows from the log.</param>
/// <param name="BatchCount">How many batches of the log made it; 0 for a snapshot.</param>
/// <param name="SizeBytes">Their size. With the first image of a start, the size of what was read behind the snapshot.</param>
/// <param name="LeaderId">The leader of the metadata quorum as last known; -1 when there is none.</param>
/// <param name="LeaderEpoch">Its epoch.</param>
public sealed record LoaderManifest(MetadataProvenance Provenance, bool IsSnapshot, int BatchCount, long SizeBytes, int LeaderId, int LeaderEpoch);
