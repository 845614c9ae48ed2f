namespace Moldau.Client;

/// <summary>A member of a streams group. Immutable.</summary>
/// <param name="MemberId">Its id.</param>
/// <param name="MemberEpoch">How far it has come.</param>
/// <param name="ClientId">The client's id.</param>
/// <param name="ClientHost">Where it is.</param>
/// <param name="TopologyEpoch">The epoch of the topology that it runs.</param>
/// <param name="ProcessId">The process that it runs in.</param>
/// <param name="Assignment">The tasks that it has.</param>
/// <param name="TargetAssignment">The tasks that it shall have.</param>
public sealed record StreamsGroupMember(
    string MemberId, int MemberEpoch, string ClientId, string ClientHost, int TopologyEpoch, string ProcessId, StreamsAssignment Assignment, StreamsAssignment TargetAssignment)
{
    /// <summary>Its name that outlasts a restart; null when it is not static.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Its rack; null when not known.</summary>
    public string? RackId { get; init; }

    /// <summary>Where it answers interactive queries, <c>host:port</c>; null when it does not.</summary>
    public string? UserEndpoint { get; init; }

    /// <summary>What it says of itself for rack-aware assignment.</summary>
    public IReadOnlyDictionary<string, string> ClientTags { get; init; } = new Dictionary<string, string>();

    /// <summary>How far its tasks' changelogs are restored.</summary>
    public IReadOnlyList<StreamsTaskOffset> TaskOffsets { get; init; } = [];

    /// <summary>The ends of its tasks' changelogs.</summary>
    public IReadOnlyList<StreamsTaskOffset> TaskEndOffsets { get; init; } = [];

    /// <summary>Whether it still speaks the classic protocol.</summary>
    public bool IsClassic { get; init; }
}
