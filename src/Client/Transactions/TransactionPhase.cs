namespace Moldau.Client;

/// <summary>Where a transactional producer is.</summary>
internal enum TransactionPhase
{
    /// <summary><see cref="Producer.InitTransactionsAsync"/> was not called, or has not ended.</summary>
    Uninitialized,

    /// <summary>No transaction is open.</summary>
    Ready,

    InTransaction,

    Committing,

    Aborting,

    /// <summary>Something failed: the transaction can only be aborted.</summary>
    AbortableError,

    /// <summary>The producer can do no more.</summary>
    FatalError,
}
