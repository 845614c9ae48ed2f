using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Brings the decisions of a shard to the partitions of its transactions.</summary>
public interface ITransactionMarkers
{
    /// <summary>
    /// The decision is committed, or was found in the log that has been loaded: its markers are to be written, and then the transaction is to be completed. Called on the shard's thread; must
    /// not block. A second call for the same transaction changes nothing.
    /// </summary>
    void Begin(PartitionIndex shard, TransactionMetadata prepared);

    /// <summary>The shard is no longer here: whoever coordinates it now goes on with its markers. On the shard's thread.</summary>
    void Cancel(PartitionIndex shard);
}
