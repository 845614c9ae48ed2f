namespace Moldau.Client;

/// <summary>What the sender knows of one broker. The sender's loop alone touches it.</summary>
internal sealed class NodeState(int id)
{
    public int Id => id;

    /// <summary>The connection that was had last; it may be lost.</summary>
    public BrokerConnection? Connection { get; set; }

    /// <summary>The attempt to have one.</summary>
    public Task<BrokerConnection>? Opening { get; set; }

    public int RequestsInFlight { get; set; }

    /// <summary>Queues whose first batch may go now; of one round.</summary>
    public List<PartitionQueue> Ready { get; } = [];

    /// <summary>Where the next request begins among the ready queues, so that none is always last.</summary>
    public int Turn { get; set; }

    /// <summary>When something was last ready for the broker, and when it last took something: a large difference makes its partitions unattractive (KIP-794).</summary>
    public long ReadyMs { get; set; }

    /// <summary>See <see cref="ReadyMs"/>.</summary>
    public long DrainMs { get; set; }
}
