namespace Moldau.Storage;

/// <summary>How far a read may go.</summary>
public enum FetchIsolation
{
    /// <summary>To the log end: followers and the Raft engine.</summary>
    LogEnd,

    /// <summary>To the high watermark: consumers.</summary>
    HighWatermark,

    /// <summary>To the last stable offset, with the aborted transactions: consumers with read_committed.</summary>
    TransactionCommitted,
}
