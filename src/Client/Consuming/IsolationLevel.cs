namespace Moldau.Client;

/// <summary>What a consumer sees of transactions.</summary>
public enum IsolationLevel
{
    /// <summary>All records, also of transactions that are open or were aborted.</summary>
    ReadUncommitted,

    /// <summary>Records outside of transactions and of those that were committed, up to the first that is open.</summary>
    ReadCommitted,
}
