using Moldau.Core;

namespace Moldau.Raft;

/// <summary>What a replica is told about itself. The times are those of Kafka's <c>controller.quorum.*</c> keys, with their defaults, in
/// milliseconds.</summary>
public sealed record RaftOptions
{
    public required int NodeId { get; init; }

    /// <summary>The id of the metadata directory, as in its <c>meta.properties</c>.</summary>
    public required Uuid DirectoryId { get; init; }

    /// <summary>The voters of <c>controller.quorum.voters</c>; empty when the quorum is dynamic.</summary>
    public VoterSet StaticVoters { get; init; } = VoterSet.Empty;

    /// <summary>Where this node's own controller listener is reached; a leader keeps the voter set up to date with it.</summary>
    public IReadOnlyList<VoterEndpoint> LocalEndpoints { get; init; } = [];

    /// <summary><c>controller.quorum.election.timeout.ms</c>; the timeouts drawn lie between it and its double.</summary>
    public int ElectionTimeoutMs { get; init; } = 1000;

    /// <summary><c>controller.quorum.election.backoff.max.ms</c></summary>
    public int ElectionBackoffMaxMs { get; init; } = 1000;

    /// <summary><c>controller.quorum.fetch.timeout.ms</c></summary>
    public int FetchTimeoutMs { get; init; } = 2000;

    /// <summary><c>controller.quorum.request.timeout.ms</c></summary>
    public int RequestTimeoutMs { get; init; } = 2000;

    /// <summary><c>controller.quorum.retry.backoff.ms</c></summary>
    public int RetryBackoffMs { get; init; } = 20;

    /// <summary><c>controller.quorum.append.linger.ms</c>; a leader that is the only voter does not wait.</summary>
    public int AppendLingerMs { get; init; } = 25;

    /// <summary>How long a leader may hold a fetch that finds nothing new.</summary>
    public int FetchWaitMsMax { get; init; } = 500;

    /// <summary><c>controller.quorum.fetch.max.bytes</c>: bytes of the log asked for at once.</summary>
    public int FetchBytesMax { get; init; } = 1024 * 1024;

    /// <summary><c>controller.quorum.fetch.snapshot.max.bytes</c>: bytes of a snapshot asked for at once.</summary>
    public int FetchSnapshotBytesMax { get; init; } = 1024 * 1024;

    /// <summary>The most bytes that one append, and so one batch, may have.</summary>
    public int BatchBytesMax { get; init; } = 8 * 1024 * 1024;

    public ReplicaKey LocalKey => new(NodeId, DirectoryId);
}
