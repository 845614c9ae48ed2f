using Moldau.Records;

namespace Moldau.Client;

/// <summary>What a <see cref="RecordAccumulator"/> goes by; times in ms. Immutable.</summary>
internal sealed record AccumulatorSettings
{
    /// <summary><c>batch.size</c>: header and records, compressed.</summary>
    public int BatchSizeBytes { get; init; } = 16384;

    /// <summary><c>linger.ms</c>.</summary>
    public long LingerMs { get; init; } = 5;

    /// <summary><c>buffer.memory</c>.</summary>
    public long BufferMemoryBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary><c>max.request.size</c>.</summary>
    public int RequestSizeBytesMax { get; init; } = 1024 * 1024;

    /// <summary><c>delivery.timeout.ms</c>.</summary>
    public long DeliveryTimeoutMs { get; init; } = 120_000;

    /// <summary><c>retry.backoff.ms</c>.</summary>
    public long RetryBackoffMs { get; init; } = 100;

    /// <summary><c>retry.backoff.max.ms</c>.</summary>
    public long RetryBackoffMsMax { get; init; } = 1000;

    public RecordCompression Compression { get; init; }

    /// <summary><c>partitioner.adaptive.partitioning.enable</c>.</summary>
    public bool IsAdaptive { get; init; } = true;

    /// <summary>
    /// The buffer of a batch. Records that will be compressed get twice the room, so that batches that shrink by half or more still come out near <c>batch.size</c>.
    /// </summary>
    public int BlockBytes => Math.Max(RecordBatchLayout.HeaderBytes + 1, Compression.Type == CompressionType.None ? BatchSizeBytes : 2 * BatchSizeBytes);
}
