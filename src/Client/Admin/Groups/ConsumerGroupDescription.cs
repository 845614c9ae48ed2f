using Moldau.Core;

namespace Moldau.Client;

/// <summary>A group of consumers, of either protocol. Immutable.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="Type">By which protocol: <see cref="GroupType.Classic"/> or <see cref="GroupType.Consumer"/>.</param>
/// <param name="State">What it is about.</param>
/// <param name="PartitionAssignor">The assignor in use; empty when there is none yet.</param>
/// <param name="Members">Its members.</param>
/// <param name="Coordinator">The broker that coordinates it.</param>
public sealed record ConsumerGroupDescription(
    string GroupId, GroupType Type, GroupState State, string PartitionAssignor, IReadOnlyList<MemberDescription> Members, Node Coordinator)
{
    /// <summary>Whether it has no members at all and only commits offsets.</summary>
    public bool IsSimpleConsumerGroup { get; init; }

    /// <summary>The group's epoch; null for a classic one.</summary>
    public int? GroupEpoch { get; init; }

    /// <summary>The epoch of the assignment that members go to; null for a classic group.</summary>
    public int? TargetAssignmentEpoch { get; init; }

    /// <summary>What this client may do with it; null when that was not asked for.</summary>
    public IReadOnlySet<AclOperation>? AuthorizedOperations { get; init; }
}
