namespace Moldau.Client;

/// <summary>A part that a quota's entity must have. Immutable.</summary>
/// <param name="EntityType">Its type, <see cref="ClientQuotaEntity.UserType"/> for example.</param>
/// <param name="MatchType">How it is looked for.</param>
/// <param name="Match">The name; null unless it is looked for exactly.</param>
public sealed record ClientQuotaFilterComponent(string EntityType, ClientQuotaMatchType MatchType, string? Match = null)
{
    /// <summary>The entity of this type has this name.</summary>
    public static ClientQuotaFilterComponent OfEntity(string entityType, string name) => new(entityType, ClientQuotaMatchType.Exact, name);

    /// <summary>It is the default of this type.</summary>
    public static ClientQuotaFilterComponent OfDefaultEntity(string entityType) => new(entityType, ClientQuotaMatchType.Default);

    /// <summary>The entity has this type, whatever its name.</summary>
    public static ClientQuotaFilterComponent OfEntityType(string entityType) => new(entityType, ClientQuotaMatchType.Specified);
}
