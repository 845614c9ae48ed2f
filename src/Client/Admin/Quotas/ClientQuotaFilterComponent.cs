namespace Moldau.Client;

/// <summary>A part that a quota's entity must have. Immutable.</summary>
/// <param name="EntityType">Its type, <see cref="ClientQuotaEntity.UserType"/> for example.</param>
/// <param name="MatchType">How it is looked for.</param>
/// <param name="Match">The name; null unless it is looked for exactly.</param>
public sealed record ClientQuotaFilterComponent(string EntityType, ClientQuotaMatchType MatchType, string? Match = null)
{
    public static ClientQuotaFilterComponent OfEntity(string entityType, string name) => new(entityType, ClientQuotaMatchType.Exact, name);

    public static ClientQuotaFilterComponent OfDefaultEntity(string entityType) => new(entityType, ClientQuotaMatchType.Default);

    public static ClientQuotaFilterComponent OfEntityType(string entityType) => new(entityType, ClientQuotaMatchType.Specified);
}
