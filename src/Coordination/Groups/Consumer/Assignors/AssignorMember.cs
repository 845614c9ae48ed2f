using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>What an assignor knows of a member: its subscription, as ids of topics that exist, in ascending order, and the target it has now.</summary>
public sealed record AssignorMember(string MemberId, string? InstanceId, IReadOnlyList<Uuid> Topics, PartitionSet Assignment);
