namespace Moldau.Coordination;

/// <summary>Where a transactional id stands. The numbers are those of the records of <c>__transaction_state</c>.</summary>
public enum TransactionState : sbyte
{
    /// <summary>Initialized; no transaction has begun since.</summary>
    Empty = 0,

    /// <summary>Partitions have been added.</summary>
    Ongoing = 1,

    /// <summary>Decided; the commit markers are being written.</summary>
    PrepareCommit = 2,

    /// <summary>Decided; the abort markers are being written.</summary>
    PrepareAbort = 3,

    /// <summary>All commit markers are written.</summary>
    CompleteCommit = 4,

    /// <summary>All abort markers are written.</summary>
    CompleteAbort = 5,

    /// <summary>Expired. Apache Kafka's memory knows it for a moment; no record bears it.</summary>
    Dead = 6,

    /// <summary>Being fenced. Apache Kafka's memory knows it for a moment; no record bears it.</summary>
    PrepareEpochFence = 7,
}
