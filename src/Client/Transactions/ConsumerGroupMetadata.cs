namespace Moldau.Client;

/// <summary>Who commits offsets in a transaction, as the consumer knows itself: with it a member that was put out of its group cannot commit (KIP-447). Immutable.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="GenerationId">The generation of a classic group, or the member epoch of the new protocol; -1 for a consumer that is no member.</param>
/// <param name="MemberId">The member's id; empty for none.</param>
/// <param name="GroupInstanceId">The name of a static member; null for none.</param>
public sealed record ConsumerGroupMetadata(string GroupId, int GenerationId = -1, string MemberId = "", string? GroupInstanceId = null);
