namespace Moldau.EndToEnd;

internal enum WorkloadKind
{
    /// <summary>As many produce requests as the server takes.</summary>
    Produce,

    /// <summary>The same, each request to another one of many partitions.</summary>
    RandomProduce,

    /// <summary>As many fetches as it answers.</summary>
    Fetch,

    /// <summary>Produce requests at a fixed rate, whatever the server does: how long each takes from when it was due.</summary>
    Latency,

    /// <summary>Producers and consumers at the tail at once, as fast as they go.</summary>
    Tail,

    /// <summary>As <see cref="Tail"/> at a fixed rate: from when a record was due until a consumer has it.</summary>
    TailLatency,

    /// <summary>Apache Kafka's own producer-perf-test.</summary>
    PerfTool,

    /// <summary>Offset commits of consumers without a group protocol.</summary>
    Commits,

    /// <summary>Transactions of one batch each (KIP-890).</summary>
    Transactions,

    /// <summary>Members of consumer groups (KIP-848) from their first heartbeat until each partition has an owner.</summary>
    Convergence,

    /// <summary>From exec until all committed offsets can be read.</summary>
    OffsetsLoad,

    /// <summary>From exec to the first answer.</summary>
    Start,

    /// <summary>Memory after a lot was produced.</summary>
    Memory,

    /// <summary>Memory of connections that do nothing.</summary>
    IdleConnections,
}
