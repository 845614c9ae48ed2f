namespace Moldau.Client;

/// <summary>How topics are made. Immutable.</summary>
public sealed record CreateTopicsOptions
{
    /// <summary>Whether the cluster only looks whether it would work.</summary>
    public bool ValidateOnly { get; init; }

    /// <summary>Whether a topic that the controller's quota turns away is tried again (KIP-599).</summary>
    public bool RetryOnQuotaViolation { get; init; } = true;
}
