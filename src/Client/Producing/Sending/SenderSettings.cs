namespace Moldau.Client;

/// <summary>What the sender goes by; times in ms. Immutable.</summary>
internal sealed record SenderSettings
{
    /// <summary><c>acks</c>.</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary><c>enable.idempotence</c>.</summary>
    public bool IsIdempotent { get; init; } = true;

    /// <summary><c>max.in.flight.requests.per.connection</c>.</summary>
    public int RequestsInFlightMax { get; init; } = 5;

    /// <summary><c>retries</c>.</summary>
    public int Retries { get; init; } = int.MaxValue;

    /// <summary><c>request.timeout.ms</c>.</summary>
    public int RequestTimeoutMs { get; init; } = 30_000;

    /// <summary><c>partitioner.availability.timeout.ms</c>; 0 for none.</summary>
    public long AvailabilityTimeoutMs { get; init; }

    /// <summary><c>transactional.id</c>; null for none.</summary>
    public string? TransactionalId { get; init; }
}
