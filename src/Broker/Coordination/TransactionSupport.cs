namespace Moldau.Broker;

/// <summary>How much of KIP-890 a request's version says its client knows.</summary>
internal enum TransactionSupport
{
    /// <summary>It adds partitions itself, and gets INVALID_TXN_STATE where its transaction is not as it should be.</summary>
    Verified,

    /// <summary>As before, with TRANSACTION_ABORTABLE instead.</summary>
    AbortableError,

    /// <summary>Version 2: the broker adds the partitions, and each transaction has an epoch of its own.</summary>
    Implicit,
}
