using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>A member of a consumer group (KIP-848): what it asked for and what it has. Immutable; replaying its records makes the next.</summary>
public sealed record ConsumerGroupMember(string MemberId)
{
    /// <summary>The epoch with which a member joins, and joins again after it was fenced.</summary>
    public const int JoiningEpoch = 0;

    /// <summary>The epoch with which a member leaves; also of a member whose assignment is gone.</summary>
    public const int LeavingEpoch = -1;

    /// <summary>The epoch with which a static member leaves for a while: its partitions wait for it until its session ends.</summary>
    public const int StaticLeavingEpoch = -2;

    public int MemberEpoch { get; init; }

    /// <summary>The epoch before: a heartbeat with it is of a member that lost the response, not of a zombie.</summary>
    public int PreviousMemberEpoch { get; init; } = -1;

    public MemberState State { get; init; } = MemberState.Stable;

    public string? InstanceId { get; init; }

    public string? RackId { get; init; }

    /// <summary>How long it may take to give partitions up.</summary>
    public int RebalanceTimeoutMs { get; init; } = -1;

    public string ClientId { get; init; } = string.Empty;

    public string ClientHost { get; init; } = string.Empty;

    public TopicNameSet SubscribedTopicNames { get; init; } = TopicNameSet.Empty;

    /// <summary>A pattern in RE2's syntax; empty or null when it has none.</summary>
    public string? SubscribedTopicRegex { get; init; } = string.Empty;

    /// <summary>The assignor it asks for; null when it leaves that to the group.</summary>
    public string? ServerAssignor { get; init; }

    /// <summary>What it has or may take.</summary>
    public PartitionEpochs AssignedPartitions { get; init; } = PartitionEpochs.Empty;

    /// <summary>What it had and has not given up yet.</summary>
    public PartitionEpochs PartitionsPendingRevocation { get; init; } = PartitionEpochs.Empty;

    /// <summary>Of a member that speaks the classic protocol; null for others.</summary>
    public ClassicProtocols? Classic { get; init; }

    public bool UsesClassicProtocol => Classic is not null;

    /// <summary>The pattern; null when it has none.</summary>
    public string? Regex => string.IsNullOrEmpty(SubscribedTopicRegex) ? null : SubscribedTopicRegex;

    /// <summary>Whether it has all it should have in that epoch.</summary>
    public bool IsReconciledTo(int targetAssignmentEpoch) => State == MemberState.Stable && MemberEpoch == targetAssignmentEpoch;

    /// <summary>The epoch in which it was given the partition, also when it is to give it up; null when it does not have it.</summary>
    public int? AssignmentEpochOf(Uuid topicId, int partition) =>
        AssignedPartitions.EpochOf(topicId, partition) ?? PartitionsPendingRevocation.EpochOf(topicId, partition);

    /// <summary>This member in another epoch; the one it leaves becomes its previous.</summary>
    public ConsumerGroupMember InEpoch(int epoch) => this with { MemberEpoch = epoch, PreviousMemberEpoch = MemberEpoch };
}
