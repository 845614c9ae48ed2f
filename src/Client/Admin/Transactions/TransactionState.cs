namespace Moldau.Client;

/// <summary>Where a transaction is.</summary>
public enum TransactionState
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown,
    Empty,
    Ongoing,
    PrepareCommit,
    PrepareAbort,
    CompleteCommit,
    CompleteAbort,
    PrepareEpochFence,
    Dead,
}
