namespace Moldau.Coordination;

/// <summary>A member of a classic group on its way into a consumer group.</summary>
/// <param name="MemberId">Its id, which stays.</param>
/// <param name="InstanceId">Of a static member; null for others.</param>
/// <param name="ClientId">The client's id.</param>
/// <param name="ClientHost">The client's address.</param>
/// <param name="RebalanceTimeoutMs">How long it may take to join.</param>
/// <param name="SessionTimeoutMs">How long it may be silent.</param>
/// <param name="Protocols">The assignors it supports with its subscription for each, the preferred first.</param>
/// <param name="Subscription">Its subscription for the group's assignor.</param>
/// <param name="Assignment">What it was assigned last; empty when nothing was.</param>
public sealed record UpgradedMember(
    string MemberId,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    int RebalanceTimeoutMs,
    int SessionTimeoutMs,
    IReadOnlyList<(string Name, byte[] Metadata)> Protocols,
    ReadOnlyMemory<byte> Subscription,
    ReadOnlyMemory<byte> Assignment);
