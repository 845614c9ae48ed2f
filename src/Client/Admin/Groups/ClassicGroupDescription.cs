using Moldau.Core;

namespace Moldau.Client;

/// <summary>A classic group, of consumers or anything else. Immutable.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="ProtocolType">What its members share: <c>consumer</c>, <c>connect</c>; empty when it has none.</param>
/// <param name="ProtocolData">What they agreed on: the assignor, for consumers.</param>
/// <param name="State">What it is about.</param>
/// <param name="Members">Its members; assignments are told of consumers alone.</param>
/// <param name="Coordinator">The broker that coordinates it.</param>
/// <param name="AuthorizedOperations">What this client may do with it; null when that was not asked for.</param>
public sealed record ClassicGroupDescription(
    string GroupId,
    string ProtocolType,
    string ProtocolData,
    GroupState State,
    IReadOnlyList<MemberDescription> Members,
    Node Coordinator,
    IReadOnlySet<AclOperation>? AuthorizedOperations);
