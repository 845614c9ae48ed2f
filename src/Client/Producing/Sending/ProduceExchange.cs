namespace Moldau.Client;

/// <summary>One produce request and what came of it. The objects are used again.</summary>
internal sealed class ProduceExchange
{
    public NodeState Node { get; set; } = null!;

    public BrokerConnection Connection { get; set; } = null!;

    public short Version { get; set; }

    public List<ProducerBatch> Batches { get; } = [];

    /// <summary>The body in pieces: what describes the batches, and they themselves.</summary>
    public List<ReadOnlyMemory<byte>> Pieces { get; } = [];

    /// <summary>What describes the batches, in an array of the shared pool.</summary>
    public byte[]? Frame { get; set; }

    public long SentMs { get; set; }

    public ResponseLease? Response { get; set; }

    public KafkaException? Failure { get; set; }
}
