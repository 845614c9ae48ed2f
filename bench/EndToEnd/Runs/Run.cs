using System.Globalization;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Runs one workload against one server, time and again. A run has a topic of its own, which is read back and deleted: the next one writes to recycled pages.</summary>
internal abstract class Run(Server server, Workload workload, double seconds)
{
    protected const double Gigabyte = 1e9;
    private const double Megabyte = 1e6;
    private const double WarmUpSeconds = 3;
    private const int VerifyPartitionBytes = 4 * 1024 * 1024;
    private int _number;

    protected Server Server { get; } = server;

    protected Workload Workload { get; } = workload;

    protected double Seconds { get; } = seconds;

    /// <summary>What kind of run the workload wants. A rate is requests per second of all connections together, for the workloads that have one.</summary>
    public static Run Of(Server server, Workload workload, double seconds, double rate) => workload.Kind switch
    {
        WorkloadKind.Produce => new ProduceRun(server, workload, seconds),
        WorkloadKind.RandomProduce => new RandomProduceRun(server, workload, seconds),
        WorkloadKind.Fetch => new FetchRun(server, workload, seconds),
        WorkloadKind.Latency => new LatencyRun(server, workload, seconds, rate),
        WorkloadKind.Tail => new TailRun(server, workload, seconds),
        WorkloadKind.TailLatency => new TailLatencyRun(server, workload, seconds, rate),
        WorkloadKind.PerfTool => new PerfToolRun(server, workload, seconds),
        WorkloadKind.Commits => new CommitsRun(server, workload, seconds),
        WorkloadKind.Transactions => new TransactionsRun(server, workload, seconds),
        WorkloadKind.Convergence => new ConvergenceRun(server, workload, seconds),
        WorkloadKind.OffsetsLoad => new OffsetsLoadRun(server, workload, seconds),
        WorkloadKind.Start => new StartRun(server, workload, seconds),
        WorkloadKind.Memory => new MemoryRun(server, workload, seconds),
        WorkloadKind.IdleConnections => new IdleConnectionsRun(server, workload, seconds),
        _ => throw new BenchException($"nobody runs {workload.Kind}"),
    };

    public abstract Measurement Measure();

    /// <summary>Starts the server unless it runs; a new one is warmed up.</summary>
    protected void Begin()
    {
        if (Server.EnsureStarted(Workload) && Server.IsKafka)
        {
            using var client = new KafkaClient(Server.EndPoint);
            WarmUp(client);
        }
    }

    protected Measurement Measure(Func<LoadResult> load)
    {
        double cpuBefore = ProcessUsage.CpuSeconds(Server.ProcessId);
        LoadResult result = load();
        double cpu = ProcessUsage.CpuSeconds(Server.ProcessId) - cpuBefore;
        double value = Workload.Unit == WorkloadUnit.MegabytesPerSecond ? result.Bytes / Megabyte / result.Seconds : result.Requests / result.Seconds;
        return new Measurement(value, cpu / (result.Bytes / Gigabyte), cpu * 1e6 / result.Requests, ProcessUsage.RssBytes(Server.ProcessId));
    }

    protected string NextTopic(KafkaClient client)
    {
        string topic = string.Create(CultureInfo.InvariantCulture, $"{Workload.Name}-{++_number}");
        Topics.Create(client, topic, Workload.Partitions, [.. Workload.TopicConfigs, .. Server.TopicConfigs(Workload)]);
        return topic;
    }

    protected void Verify(string topic, IReadOnlyList<long> recordsWritten) => new FetchLoad(topic, recordsWritten, VerifyPartitionBytes).Verify(Server.EndPoint);

    /// <summary>Many small requests: a few seconds of large ones are too few for the compilers of both runtimes.</summary>
    private void WarmUp(KafkaClient client)
    {
        const string topic = "warm-up";
        var small = new Workload(topic, WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 4 };
        Topics.Create(client, topic, small.Partitions);
        var load = new ProduceLoad(small, topic);
        load.Run(Server.EndPoint, WarmUpSeconds);
        var read = new FetchLoad(topic, load.RecordsWritten, Workload.RecordBytes);
        read.Run(Server.EndPoint, WarmUpSeconds);
        Topics.Delete(client, topic);
    }
}
