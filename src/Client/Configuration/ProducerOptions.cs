using Moldau.Records;

namespace Moldau.Client;

/// <summary>How a producer gathers, sends and repeats. Kafka's key of each property is in brackets. Immutable; safe from any thread.</summary>
public sealed partial record ProducerOptions : ClientOptions
{
    /// <summary>When a broker answers (<c>acks</c>; <see cref="Acks.All"/> by default).</summary>
    public Acks Acks { get; init; } = Acks.All;

    /// <summary>
    /// Whether retries can neither double nor reorder records (<c>enable.idempotence</c>; true by default). Needs <see cref="Acks.All"/> and at most 5 requests
    /// in flight.
    /// </summary>
    public bool EnableIdempotence { get; init; } = true;

    /// <summary>The most bytes of one batch; 0 sends each record alone (<c>batch.size</c>; 16384 by default).</summary>
    public int BatchSizeBytes { get; init; } = 16384;

    /// <summary>How long a batch waits for more records (<c>linger.ms</c>; 5 ms by default).</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The bytes of records that may wait to be sent; a sender waits when they are used up (<c>buffer.memory</c>; 32 MiB by default).</summary>
    public long BufferMemoryBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How long sending may wait for memory or for metadata (<c>max.block.ms</c>; 60 s by default).</summary>
    public TimeSpan MaxBlock { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A topic that nothing is sent to for so long is not asked for any more when the view of the cluster is refreshed (<c>metadata.max.idle.ms</c>; 5 min by
    /// default).
    /// </summary>
    public TimeSpan MetadataMaxIdle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The most bytes of one request, and of one record before compression (<c>max.request.size</c>; 1 MiB by default).</summary>
    public int MaxRequestSizeBytes { get; init; } = 1024 * 1024;

    /// <summary>How many produce requests may be under way to one broker (<c>max.in.flight.requests.per.connection</c>; 5 by default).</summary>
    public int MaxInFlight { get; init; } = 5;

    /// <summary>How often a batch is sent again at most; <see cref="DeliveryTimeout"/> is the better bound (<c>retries</c>; no bound by default).</summary>
    public int Retries { get; init; } = int.MaxValue;

    /// <summary>How long a record may take from being sent to being acknowledged, or else it fails (<c>delivery.timeout.ms</c>; 2 min by default).</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The codec of the batches (<c>compression.type</c>; <see cref="CompressionType.None"/> by default).</summary>
    public CompressionType Compression { get; init; } = CompressionType.None;

    /// <summary>The codec's level; null for its default (<c>compression.gzip.level</c>, <c>.lz4.level</c>, <c>.zstd.level</c>).</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Whether partitions of brokers that lag get fewer records (<c>partitioner.adaptive.partitioning.enable</c>, KIP-794; true by default).</summary>
    public bool AdaptivePartitioning { get; init; } = true;

    /// <summary>
    /// A partition whose broker takes no batch for so long counts as unavailable; zero for never (<c>partitioner.availability.timeout.ms</c>; 0 by default).
    /// </summary>
    public TimeSpan PartitionAvailabilityTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>The name under which transactions go on across restarts; setting it makes the producer transactional (<c>transactional.id</c>).</summary>
    public string? TransactionalId { get; init; }

    /// <summary>After which time the coordinator aborts a transaction (<c>transaction.timeout.ms</c>; 60 s by default).</summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
