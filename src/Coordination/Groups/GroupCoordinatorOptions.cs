namespace Moldau.Coordination;

/// <summary>The configuration of the group coordinator. Immutable; taken anew for each operation, so dynamic keys take effect with the next one.</summary>
public sealed partial record GroupCoordinatorOptions
{
    /// <summary>group.min.session.timeout.ms</summary>
    public int ClassicSessionTimeoutMsMin { get; init; } = 6_000;

    /// <summary>group.max.session.timeout.ms</summary>
    public int ClassicSessionTimeoutMsMax { get; init; } = 1_800_000;

    /// <summary>group.max.size</summary>
    public int ClassicGroupSizeMax { get; init; } = int.MaxValue;

    /// <summary>group.initial.rebalance.delay.ms</summary>
    public int InitialRebalanceDelayMs { get; init; } = 3_000;

    /// <summary>How long a new member, which cannot send heartbeats yet, may wait for a rebalance. Kafka has no key for it.</summary>
    public int NewMemberJoinTimeoutMs { get; init; } = 300_000;

    /// <summary>offset.metadata.max.bytes, compared with the number of UTF-16 units as Kafka does.</summary>
    public int OffsetMetadataSizeMax { get; init; } = 4_096;

    /// <summary>offsets.retention.minutes, in ms.</summary>
    public long OffsetsRetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>offsets.retention.check.interval.ms</summary>
    public long OffsetsRetentionCheckIntervalMs { get; init; } = 600_000;

    /// <summary>offsets.commit.timeout.ms: how long writes wait for the replicas.</summary>
    public int CommitTimeoutMs { get; init; } = 5_000;
}
