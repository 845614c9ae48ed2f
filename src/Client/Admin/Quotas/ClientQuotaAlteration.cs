namespace Moldau.Client;

/// <summary>Changes of one entity's quotas. Immutable.</summary>
/// <param name="Entity">Whose.</param>
/// <param name="Ops">The values by key, <c>producer_byte_rate</c> for example; null takes the quota away.</param>
public sealed record ClientQuotaAlteration(ClientQuotaEntity Entity, IReadOnlyDictionary<string, double?> Ops);
