namespace Moldau.Client;

/// <summary>Which transactions are listed. Immutable.</summary>
public sealed record ListTransactionsOptions
{
    /// <summary>Only in these states; all when empty.</summary>
    public IReadOnlyCollection<TransactionState> States { get; init; } = [];

    /// <summary>Only of these producers; all when empty.</summary>
    public IReadOnlyCollection<long> ProducerIds { get; init; } = [];

    /// <summary>Only those that are open for longer (KIP-994; brokers from 3.8); null for all.</summary>
    public TimeSpan? RunningLongerThan { get; init; }

    /// <summary>Only ids that match this pattern of RE2J as a whole (KIP-1152; brokers from 4.1); null for all.</summary>
    public string? TransactionalIdPattern { get; init; }
}
