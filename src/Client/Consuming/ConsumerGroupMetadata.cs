namespace Moldau.Client;

/// <summary>Who a consumer is in its group, for a producer that commits its offsets in a transaction (KIP-447): a member that is no longer in the group is refused. Immutable.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="GenerationId">The generation or member epoch; -1 outside of the group.</param>
/// <param name="MemberId">The member's id; "" outside of the group.</param>
/// <param name="GroupInstanceId">The name of a static member, or null.</param>
public sealed record ConsumerGroupMetadata(string GroupId, int GenerationId, string MemberId, string? GroupInstanceId);
