namespace Moldau.Client;

/// <summary>
/// The batches of one partition that wait to be sent. Appending threads and the sender meet under <see cref="Gate"/>; what says so belongs to the sender alone.
/// </summary>
internal sealed class PartitionQueue(TopicQueues topic, int partition)
{
    public TopicQueues Topic => topic;

    public int Partition => partition;

    public Lock Gate { get; } = new();

    /// <summary>Guarded by <see cref="Gate"/>.</summary>
    public BatchQueue Batches;

    /// <summary>Whether the sender has it in its list, or soon will; guarded by <see cref="Gate"/>.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether it belongs to the transaction that is open, as far as appending threads know; guarded by <see cref="Gate"/>.</summary>
    public long TransactionNumber { get; set; }

    /// <summary>The sender's: the transaction that may write here.</summary>
    public long AnnouncedTransaction { get; set; }

    /// <summary>How many batches wait, for the partitioner; may be a little old.</summary>
    public int QueueLength { get; set; }

    /// <summary>Sequences and what is in flight; the sender's.</summary>
    public PartitionSequences Sequences { get; } = new();

    /// <summary>The sender's: how many requests of it are on their way.</summary>
    public int RequestsInFlight { get; set; }

    /// <summary>The sender's: the leader by the metadata that it looked at last, or by a response (KIP-951); -1 for none.</summary>
    public int LeaderId { get; set; } = -1;

    /// <summary>The sender's: the epoch of that leader.</summary>
    public int LeaderEpoch { get; set; } = -1;

    public override string ToString() => $"{topic.Name}-{partition}";
}
