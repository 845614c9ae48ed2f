namespace Moldau.Client;

/// <summary>Where a transaction is.</summary>
public enum TransactionState
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown,

    /// <summary>The id is initialized, and no transaction was begun since.</summary>
    Empty,

    /// <summary>A transaction is open: it has partitions or offsets.</summary>
    Ongoing,

    /// <summary>It is decided that it commits; the markers are being written to its partitions.</summary>
    PrepareCommit,

    /// <summary>It is decided that it aborts; the markers are being written to its partitions.</summary>
    PrepareAbort,

    /// <summary>The last transaction was committed, and all its markers are written.</summary>
    CompleteCommit,

    /// <summary>The last transaction was aborted, and all its markers are written.</summary>
    CompleteAbort,

    /// <summary>An older producer of the id is being fenced. Brokers are in it for a moment.</summary>
    PrepareEpochFence,

    /// <summary>The id has expired and is being removed. Brokers are in it for a moment.</summary>
    Dead,
}
