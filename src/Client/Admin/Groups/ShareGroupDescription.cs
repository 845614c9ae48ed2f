using Moldau.Core;

namespace Moldau.Client;

/// <summary>A share group (KIP-932). Immutable.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="State">What it is about.</param>
/// <param name="GroupEpoch">Its epoch.</param>
/// <param name="TargetAssignmentEpoch">The epoch of the assignment that members go to.</param>
/// <param name="PartitionAssignor">The assignor in use.</param>
/// <param name="Members">Its members; partitions are shared among them.</param>
/// <param name="Coordinator">The broker that coordinates it.</param>
/// <param name="AuthorizedOperations">What this client may do with it; null when that was not asked for.</param>
public sealed record ShareGroupDescription(
    string GroupId,
    GroupState State,
    int GroupEpoch,
    int TargetAssignmentEpoch,
    string PartitionAssignor,
    IReadOnlyList<MemberDescription> Members,
    Node Coordinator,
    IReadOnlySet<AclOperation>? AuthorizedOperations);
