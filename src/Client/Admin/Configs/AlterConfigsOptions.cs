namespace Moldau.Client;

/// <summary>How configurations are changed. Immutable.</summary>
public sealed record AlterConfigsOptions
{
    /// <summary>Whether the cluster only looks whether it would work.</summary>
    public bool ValidateOnly { get; init; }
}
