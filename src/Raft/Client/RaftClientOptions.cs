namespace Moldau.Raft;

/// <summary>What a client keeps of its log. Bytes and milliseconds.</summary>
public sealed record RaftClientOptions
{
    public required RaftOptions Quorum { get; init; }

    /// <summary><c>metadata.max.retention.bytes</c>: log and snapshots together; negative for no bound.</summary>
    public long RetentionBytes { get; init; } = 100 * 1024 * 1024;

    /// <summary><c>metadata.max.retention.ms</c>: the age of a snapshot that a newer one replaces; negative for no bound.</summary>
    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>The most bytes handed to a listener at once.</summary>
    public int CommitBytesMax { get; init; } = 1024 * 1024;
}
