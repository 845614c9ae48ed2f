namespace Moldau.Coordination;

/// <summary>What a <see cref="TransactionCoordinator"/> goes by.</summary>
public sealed record TransactionCoordinatorOptions
{
    /// <summary>transaction.max.timeout.ms</summary>
    public required int TimeoutMsMax { get; init; }

    /// <summary>request.timeout.ms: how long a write waits for the replicas.</summary>
    public required int RequestTimeoutMs { get; init; }
}
