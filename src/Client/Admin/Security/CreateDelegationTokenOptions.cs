namespace Moldau.Client;

/// <summary>How a delegation token is made. Immutable.</summary>
public sealed record CreateDelegationTokenOptions
{
    /// <summary>Whose it is (KIP-373); null for whoever asks.</summary>
    public KafkaPrincipal? Owner { get; init; }

    /// <summary>Who may renew it beside its owner.</summary>
    public IReadOnlyCollection<KafkaPrincipal> Renewers { get; init; } = [];

    /// <summary>How long it can be renewed; null for as long as the cluster allows.</summary>
    public TimeSpan? MaxLifetime { get; init; }
}
