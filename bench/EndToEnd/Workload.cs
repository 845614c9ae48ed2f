namespace Moldau.EndToEnd;

/// <summary>One kind of load: what a request carries, over how many connections, how many requests of each are under way.</summary>
internal sealed record Workload(string Name, WorkloadKind Kind, WorkloadUnit Unit)
{
    public static readonly IReadOnlyList<Workload> All =
    [
        new("produce-1m", WorkloadKind.Produce, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 1_000_000, Depth = 5 },
        new("produce-16p", WorkloadKind.Produce, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 64 * 1024, PartitionsPerRequest = 16, Depth = 5 },
        new("produce-16k", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 16 * 1024, Depth = 5 },
        new("produce-1r-1", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, WarmUps = 2 },
        new("produce-1r-16", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 16 },
        new("produce-1r-100", WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 100 },
        new("fetch-1", WorkloadKind.Fetch, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 64 * 1024, FetchPartitionBytes = 1024 * 1024 },
        new("fetch-16", WorkloadKind.Fetch, WorkloadUnit.MegabytesPerSecond) { BatchBytes = 64 * 1024, PartitionsPerRequest = 16, FetchPartitionBytes = 128 * 1024 },
        new("start", WorkloadKind.Start, WorkloadUnit.Milliseconds),
    ];

    /// <summary>A record's value, in bytes.</summary>
    public const int RecordBytes = 1024;

    /// <summary>No run writes more: what is written stays in the page cache and is recycled by the next run.</summary>
    public const long RunBytesMax = 1_500_000_000;

    /// <summary>What a fetched topic holds, over all its partitions.</summary>
    public const long FetchedTopicBytes = 512L * 1024 * 1024;

    /// <summary>A batch takes as many records as fit, at least one.</summary>
    public int BatchBytes { get; init; }

    public int PartitionsPerRequest { get; init; } = 1;

    public int Connections { get; init; } = 1;

    /// <summary>Requests of a connection that are under way at a time.</summary>
    public int Depth { get; init; } = 1;

    public int FetchPartitionBytes { get; init; }

    public int WarmUps { get; init; } = 1;

    /// <summary>Each connection has a partition of its own, up to sixteen.</summary>
    public int Partitions => Math.Max(PartitionsPerRequest, Math.Min(Connections, 16));
}
