using Moldau.Metadata;
using Moldau.Raft;

namespace Moldau.Controller;

/// <summary>
/// Feeds a <see cref="MetadataLoader"/> from the metadata log. Register it with the Raft client; all calls come on the client's serial queue, and the
/// publishers run there.
/// </summary>
public sealed class MetadataLoaderListener(MetadataLoader loader, IRaftClient raft) : IRaftListener
{
    /// <inheritdoc />
    public void HandleCommit(IReadOnlyList<CommittedBatch> batches)
    {
        var decoded = new List<MetadataBatch>(batches.Count);
        foreach (CommittedBatch batch in batches)
        {
            decoded.Add(MetadataBatchDecoder.Decode(batch));
        }

        loader.LoadBatches(decoded);
        CatchUp();
    }

    /// <inheritdoc />
    public void HandleLoadSnapshot(RaftSnapshot snapshot)
    {
        // What a directory was formatted with comes again as the first records of the log, from the first controller.
        if (snapshot.SnapshotId != OffsetAndEpoch.Bootstrap)
        {
            loader.LoadSnapshot(MetadataBatchDecoder.Provenance(snapshot), MetadataBatchDecoder.Decode(snapshot));
        }

        CatchUp();
    }

    /// <inheritdoc />
    public void HandleLeaderChange(LeaderAndEpoch leader)
    {
        loader.LeaderChanged(leader.LeaderId ?? -1, leader.Epoch);
        CatchUp();
    }

    /// <inheritdoc />
    public void HandleShutdown()
    {
    }

    private void CatchUp()
    {
        if (raft.HighWatermark is { } highWatermark)
        {
            loader.UpdateHighWatermark(highWatermark);
        }
    }
}
