namespace Moldau.Raft;

/// <summary>A snapshot that a follower is fetching, and how far it has come.</summary>
internal sealed class SnapshotFetch(OffsetAndEpoch id)
{
    public OffsetAndEpoch Id { get; } = id;

    public long Position { get; set; }

    /// <summary>All bytes are there; the shell puts it in its place.</summary>
    public bool IsInstalling { get; set; }
}
