using System.Collections.Immutable;
using Moldau.Core;

namespace Moldau.Replication;

/// <summary>What the metadata says of a partition's replica here, as of one partition epoch. Immutable: readers take one and never mix two.</summary>
public sealed record PartitionRole
{
    /// <summary>The state before the first metadata: neither leader nor follower.</summary>
    public static readonly PartitionRole None = new();

    public bool IsLeader { get; init; }

    /// <summary>The leader's broker id, -1 for none.</summary>
    public int LeaderId { get; init; } = -1;

    public int LeaderEpoch { get; init; } = -1;

    public int PartitionEpoch { get; init; } = -1;

    public ImmutableArray<int> Replicas { get; init; } = [];

    public ImmutableArray<int> Isr { get; init; } = [];

    /// <summary>Judges the leader epoch that a request believes in (KIP-320); -1 is always right.</summary>
    public Protocol.ErrorCode CheckLeaderEpoch(int requestedEpoch) =>
        requestedEpoch < 0 || requestedEpoch == LeaderEpoch ? Protocol.ErrorCode.None
        : requestedEpoch < LeaderEpoch ? Protocol.ErrorCode.FencedLeaderEpoch
        : Protocol.ErrorCode.UnknownLeaderEpoch;
}
