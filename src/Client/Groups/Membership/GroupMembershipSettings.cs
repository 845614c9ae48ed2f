namespace Moldau.Client;

/// <summary>What a member of a group is told by its configuration. Immutable; times in milliseconds.</summary>
internal sealed record GroupMembershipSettings(string GroupId)
{
    public string? GroupInstanceId { get; init; }

    public string? RackId { get; init; }

    public int SessionTimeoutMs { get; init; } = 45_000;

    public int HeartbeatIntervalMs { get; init; } = 3_000;

    public int PollIntervalMaxMs { get; init; } = 300_000;

    public int RetryBackoffMs { get; init; } = 100;

    public int RetryBackoffMaxMs { get; init; } = 1_000;

    /// <summary>The server's assignor (KIP-848), or null for the group's.</summary>
    public string? RemoteAssignor { get; init; }

    /// <summary>Whether a member is put out that asked for nothing and did not move for so long (Kafka), moves on, or never.</summary>
    public HandlerEviction Eviction { get; init; } = HandlerEviction.WithoutProgress;
}
