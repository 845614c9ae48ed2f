namespace Moldau.Coordination;

/// <summary>What a consumer group becomes when only members of the classic protocol are left: a stable classic group.</summary>
/// <param name="GenerationId">Its generation: the epoch of the consumer group.</param>
/// <param name="Members">Its members; at least one, each with its assignors.</param>
/// <param name="AssignmentOf">What a member was assigned, in the version of its subscription's bytes for the assignor that the group selects.</param>
public sealed record DowngradedGroup(
    int GenerationId,
    IReadOnlyList<ConsumerGroupMember> Members,
    Func<ConsumerGroupMember, ReadOnlyMemory<byte>, byte[]> AssignmentOf);
