using Moldau.Core;

namespace Moldau.Client;

/// <summary>A streams group (KIP-1071). Immutable.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="State">What it is about.</param>
/// <param name="GroupEpoch">Its epoch.</param>
/// <param name="TargetAssignmentEpoch">The epoch of the assignment that members go to.</param>
/// <param name="TopologyEpoch">The epoch of its topology; -1 when it has none yet.</param>
/// <param name="Subtopologies">The parts of its topology that tasks are made of.</param>
/// <param name="Members">Its members.</param>
/// <param name="Coordinator">The broker that coordinates it.</param>
public sealed record StreamsGroupDescription(
    string GroupId,
    GroupState State,
    int GroupEpoch,
    int TargetAssignmentEpoch,
    int TopologyEpoch,
    IReadOnlyList<StreamsSubtopology> Subtopologies,
    IReadOnlyList<StreamsGroupMember> Members,
    Node Coordinator)
{
    /// <summary>The assignor in use; null when the broker does not tell.</summary>
    public string? AssignorName { get; init; }

    /// <summary>The topology as its application described it; null unless it was asked for and is there.</summary>
    public StreamsTopologyDescription? TopologyDescription { get; init; }

    /// <summary>Whether it is there.</summary>
    public StreamsTopologyDescriptionStatus TopologyDescriptionStatus { get; init; }

    /// <summary>What this client may do with it; null when that was not asked for.</summary>
    public IReadOnlySet<AclOperation>? AuthorizedOperations { get; init; }
}
