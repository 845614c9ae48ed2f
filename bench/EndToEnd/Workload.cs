using Moldau.Records;

namespace Moldau.EndToEnd;

/// <summary>One kind of load: what a request carries, over how many connections, how many requests of each are under way.</summary>
internal sealed record Workload(string Name, WorkloadKind Kind, WorkloadUnit Unit)
{
    public static readonly IReadOnlyList<Workload> All =
    [
        new("produce-1m", WorkloadKind.Produce, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 1_000_000, Depth = 5, HasFloor = true },
        new("produce-16p", WorkloadKind.Produce, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 64 * 1024, PartitionsPerRequest = 16, Depth = 5, HasFloor = true },
        new("produce-16k", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 16 * 1024, Depth = 5, HasFloor = true },
        new("produce-1r-1", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, WarmUps = 2, HasFloor = true },
        new("produce-1r-16", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 16, HasFloor = true },
        new("produce-1r-100", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 100, HasFloor = true },
        new("produce-lz4", WorkloadKind.Produce, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 256 * 1024, Depth = 5, Codec = CompressionType.Lz4 },
        new("recompress-gzip-lz4", WorkloadKind.Produce, WorkloadUnit.MegabytesPerSecond)
        {
            BatchBytes = 256 * 1024, Depth = 5, Codec = CompressionType.Gzip, TopicConfigs = [("compression.type", "lz4")],
        },
        new("durable-16", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 16, IsDurable = true },
        new("durable-16-16k", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 16 * 1024, Connections = 16, IsDurable = true },
        new("produce-16-to-1", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 16, SharesPartition = true },
        new("durable-16-to-1", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 16, SharesPartition = true, IsDurable = true },
        new("fetch-1", WorkloadKind.Fetch, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 64 * 1024, FetchPartitionBytes = 1024 * 1024, HasFloor = true },
        new("fetch-16", WorkloadKind.Fetch, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 64 * 1024, PartitionsPerRequest = 16, FetchPartitionBytes = 128 * 1024, HasFloor = true },
        new("tail-16", WorkloadKind.Tail, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 16 },
        new("latency-1r-16", WorkloadKind.Latency, WorkloadUnit.MicrosecondsP99) { BatchBytes = 1, Connections = 16 },
        new("latency-1r-100", WorkloadKind.Latency, WorkloadUnit.MicrosecondsP99) { BatchBytes = 1, Connections = 100 },
        new("tail-latency-16", WorkloadKind.TailLatency, WorkloadUnit.MicrosecondsP99) { BatchBytes = 1, Connections = 16 },
        new("perf-100b", WorkloadKind.PerfTool, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 100 },
        new("perf-1k", WorkloadKind.PerfTool, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 1024 },
        new("perf-1k-tuned", WorkloadKind.PerfTool, WorkloadUnit.MegabytesPerSecond)
        {
            BatchBytes = 1024, ProducerProperties = ["batch.size=262144", "linger.ms=10", "compression.type=none", "buffer.memory=134217728"],
        },
        new("commits-16", WorkloadKind.Commits, WorkloadUnit.RequestsPerSecond) { Connections = 16, PartitionsPerRequest = 100 },
        new("transactions-1", WorkloadKind.Transactions, WorkloadUnit.RequestsPerSecond) { Connections = 8, RecordsPerTransaction = 1 },
        new("transactions-1000", WorkloadKind.Transactions, WorkloadUnit.RequestsPerSecond) { Connections = 8, RecordsPerTransaction = 1000 },
        new("groups-1000", WorkloadKind.Convergence, WorkloadUnit.Milliseconds) { Groups = 10, Members = 1000, PartitionsPerRequest = 1000, OnRequest = true },
        new("groups-1000-leave", WorkloadKind.Convergence, WorkloadUnit.Milliseconds) { Groups = 10, Members = 1000, MembersLeaving = 100, PartitionsPerRequest = 1000, OnRequest = true },
        new("offsets-1m", WorkloadKind.OffsetsLoad, WorkloadUnit.Milliseconds) { Groups = 1000, Connections = 16, PartitionsPerRequest = 1000, OnRequest = true },
        new("start", WorkloadKind.Start, WorkloadUnit.Milliseconds),
        new("start-10k", WorkloadKind.Start, WorkloadUnit.Milliseconds) { StartTopics = 10, StartTopicPartitions = 1000, OnRequest = true },
        new("start-100k", WorkloadKind.Start, WorkloadUnit.Milliseconds) { StartTopics = 200, StartTopicPartitions = 500, OnRequest = true },
        new("random-produce", WorkloadKind.RandomProduce, WorkloadUnit.RequestsPerSecond)
        {
            BatchBytes = 1, Connections = 16, StartTopics = 10, StartTopicPartitions = 1000, OnRequest = true,
        },
        new("memory-10g", WorkloadKind.Memory, WorkloadUnit.Megabytes) { BatchBytes = 256 * 1024, Depth = 5, OnRequest = true },
        new("idle-1000", WorkloadKind.IdleConnections, WorkloadUnit.KilobytesEach) { Connections = 1000, OnRequest = true },
    ];

    /// <summary>A record's value, in bytes.</summary>
    public const int RecordBytes = 1024;

    /// <summary>No run writes more: what is written stays in the page cache and is recycled by the next run.</summary>
    public const long RunBytesMax = 1_500_000_000;

    /// <summary>What a fetched topic holds, over all its partitions.</summary>
    public const long FetchedTopicBytes = 512L * 1024 * 1024;

    /// <summary>A batch takes as many records as fit, at least one; before compression.</summary>
    public int BatchBytes { get; init; }

    public CompressionType Codec { get; init; }

    public int PartitionsPerRequest { get; init; } = 1;

    public int Connections { get; init; } = 1;

    /// <summary>Requests of a connection that are under way at a time.</summary>
    public int Depth { get; init; } = 1;

    public int FetchPartitionBytes { get; init; }

    public int WarmUps { get; init; } = 1;

    /// <summary>Records are on the device before they are acknowledged: in ours by group commits, in Apache Kafka by flush.messages=1.</summary>
    public bool IsDurable { get; init; }

    public IReadOnlyList<(string Key, string Value)> TopicConfigs { get; init; } = [];

    public IReadOnlyList<string> ProducerProperties { get; init; } = [];

    public int RecordsPerTransaction { get; init; }

    public int Groups { get; init; }

    /// <summary>Of all groups together.</summary>
    public int Members { get; init; }

    /// <summary>So many leave after the groups have converged, and it is the second convergence that counts.</summary>
    public int MembersLeaving { get; init; }

    /// <summary>What there is before a start is measured, or produced to.</summary>
    public int StartTopics { get; init; }

    public int StartTopicPartitions { get; init; }

    /// <summary>There is a plain C server to compare with.</summary>
    public bool HasFloor { get; init; }

    /// <summary>It takes minutes: it runs when it is named.</summary>
    public bool OnRequest { get; init; }

    /// <summary>All connections write to one partition.</summary>
    public bool SharesPartition { get; init; }

    /// <summary>Each connection has a partition of its own, up to sixteen.</summary>
    public int Partitions => SharesPartition ? 1 : Math.Max(PartitionsPerRequest, Math.Min(Connections, 16));

    /// <summary>Whether it runs at a rate that is set before, half of what the weaker server reaches.</summary>
    public bool HasRate => Kind is WorkloadKind.Latency or WorkloadKind.TailLatency;

    public bool LessIsBetter => Unit is not (WorkloadUnit.MegabytesPerSecond or WorkloadUnit.RequestsPerSecond);
}
