namespace Moldau.Client;

/// <summary>Which quotas are meant; one without components means all. Immutable.</summary>
public sealed record ClientQuotaFilter
{
    /// <summary>What the entity must have.</summary>
    public IReadOnlyCollection<ClientQuotaFilterComponent> Components { get; init; } = [];

    /// <summary>Whether the entity may have nothing else.</summary>
    public bool Strict { get; init; }
}
