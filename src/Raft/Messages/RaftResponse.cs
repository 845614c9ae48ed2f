namespace Moldau.Raft;

/// <summary>The answer to a <see cref="RaftRequest"/>: the epoch and the leader that the answering replica knows, and what was asked.</summary>
public abstract record RaftResponse(RaftError Error, int Epoch, int? LeaderId)
{
    public sealed record Vote(RaftError Error, int Epoch, int? LeaderId, bool Granted) : RaftResponse(Error, Epoch, LeaderId);

    public sealed record BeginQuorumEpoch(RaftError Error, int Epoch, int? LeaderId) : RaftResponse(Error, Epoch, LeaderId);

    public sealed record EndQuorumEpoch(RaftError Error, int Epoch, int? LeaderId) : RaftResponse(Error, Epoch, LeaderId);

    /// <summary>
    /// The leader's core sets <see cref="ReadFrom"/> and the shell puts in the batches of the log from there, at most <see cref="BytesMax"/>, the first
    /// always whole.
    /// Or the log has diverged, and <see cref="Diverging"/> is the end of the newest epoch at or below the follower's; or <see cref="SnapshotId"/> has to
    /// be loaded.
    /// </summary>
    public sealed record Fetch(RaftError Error, int Epoch, int? LeaderId, long HighWatermark, long LogStartOffset) : RaftResponse(Error, Epoch, LeaderId)
    {
        public OffsetAndEpoch? Diverging { get; init; }

        public OffsetAndEpoch? SnapshotId { get; init; }

        public long? ReadFrom { get; init; }

        public int BytesMax { get; init; }

        public IReadOnlyList<RaftBatch> Batches { get; init; } = [];
    }

    /// <summary>The leader's core names snapshot and position; the shell puts in size and bytes.</summary>
    public sealed record FetchSnapshot(RaftError Error, int Epoch, int? LeaderId, OffsetAndEpoch SnapshotId, long Position)
        : RaftResponse(Error, Epoch, LeaderId)
    {
        public int BytesMax { get; init; }

        public long SizeBytes { get; init; }

        public ReadOnlyMemory<byte> Bytes { get; init; }
    }
}
