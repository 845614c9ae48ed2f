namespace Moldau.Coordination;

/// <summary>What a <see cref="TransactionShard"/> goes by.</summary>
public sealed record TransactionShardOptions
{
    /// <summary>transactional.id.expiration.ms</summary>
    public required long TransactionalIdExpirationMs { get; init; }

    /// <summary>transaction.abort.timed.out.transaction.cleanup.interval.ms</summary>
    public required long AbortTimedOutIntervalMs { get; init; }

    /// <summary>transaction.remove.expired.transaction.cleanup.interval.ms</summary>
    public required long RemoveExpiredIntervalMs { get; init; }

    /// <summary>Fresh producer ids, for transactions that time out in the last epoch of theirs.</summary>
    public required IProducerIdSource ProducerIds { get; init; }

    /// <summary>The finalized level of transaction.version. Called for each record.</summary>
    public required Func<short> TransactionVersion { get; init; }
}
