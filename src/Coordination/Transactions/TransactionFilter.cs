using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Which transactional ids ListTransactions shows. Immutable.</summary>
public sealed class TransactionFilter
{
    /// <summary>Empty for all.</summary>
    public required IReadOnlyCollection<TransactionState> States { get; init; }

    /// <summary>Whether only states named in <see cref="States"/> are wanted, be it that none of the names was known.</summary>
    public required bool FiltersStates { get; init; }

    /// <summary>Empty for all.</summary>
    public required IReadOnlyCollection<ProducerId> ProducerIds { get; init; }

    /// <summary>Only transactions that began more than so many milliseconds ago; negative for all.</summary>
    public required long DurationMs { get; init; }

    /// <summary>What the whole id must match; null for any.</summary>
    public required TopicPattern? TransactionalIds { get; init; }

    public bool Matches(TransactionMetadata metadata, long nowMs) =>
        (ProducerIds.Count == 0 || ProducerIds.Contains(metadata.ProducerId))
        && (!FiltersStates || States.Contains(metadata.State))
        && (DurationMs < 0 || nowMs - metadata.StartTimestampMs > DurationMs)
        && (TransactionalIds is null || TransactionalIds.Matches(metadata.TransactionalId));
}
