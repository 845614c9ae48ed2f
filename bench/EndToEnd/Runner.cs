using System.Globalization;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd;

/// <summary>Runs one workload against one server, time and again. A run has a topic of its own, which is read back and deleted: the next one writes to recycled pages.</summary>
internal sealed class Runner(Server server, Workload workload, double seconds)
{
    private const double Megabyte = 1e6;
    private const double Gigabyte = 1e9;
    private const double WarmUpSeconds = 3;
    private const int VerifyPartitionBytes = 4 * 1024 * 1024;
    private FetchLoad? _fetch;
    private int _number;

    public Measurement Run()
    {
        if (workload.Kind == WorkloadKind.Start)
        {
            return MeasureStart();
        }

        bool isNew = server.EnsureStarted();
        using var client = new KafkaClient(server.EndPoint);
        if (isNew)
        {
            WarmUp(client);
        }

        return workload.Kind == WorkloadKind.Fetch ? MeasureFetch(client) : MeasureProduce(client);
    }

    /// <summary>Many small requests: a few seconds of large ones are too few for the compilers of both runtimes.</summary>
    private void WarmUp(KafkaClient client)
    {
        const string topic = "warm-up";
        var small = new Workload(topic, WorkloadKind.Produce, WorkloadUnit.RequestsPerSecond) { BatchBytes = 1, Connections = 4 };
        Topics.Create(client, topic, small.Partitions);
        var load = new ProduceLoad(small, topic);
        load.Run(server.EndPoint, WarmUpSeconds);
        var read = new FetchLoad(topic, load.RecordsWritten, Workload.RecordBytes);
        read.Run(server.EndPoint, WarmUpSeconds);
        Topics.Delete(client, topic);
    }

    private Measurement MeasureProduce(KafkaClient client)
    {
        string topic = NextTopic(client);
        var load = new ProduceLoad(workload, topic);
        Measurement found = Measure(() => load.Run(server.EndPoint, seconds));
        new FetchLoad(topic, load.RecordsWritten, VerifyPartitionBytes).Verify(server.EndPoint);
        Topics.Delete(client, topic);
        return found;
    }

    private Measurement MeasureFetch(KafkaClient client)
    {
        if (_fetch is null)
        {
            string topic = NextTopic(client);
            var fill = new ProduceLoad(workload, topic);
            fill.Run(server.EndPoint, seconds: 60, Workload.FetchedTopicBytes);
            new FetchLoad(topic, fill.RecordsWritten, VerifyPartitionBytes).Verify(server.EndPoint);
            _fetch = new FetchLoad(topic, fill.RecordsWritten, workload.FetchPartitionBytes);
        }

        return Measure(() => _fetch.Run(server.EndPoint, seconds));
    }

    private Measurement Measure(Func<LoadResult> load)
    {
        double cpuBefore = ProcessUsage.CpuSeconds(server.ProcessId);
        LoadResult result = load();
        double cpu = ProcessUsage.CpuSeconds(server.ProcessId) - cpuBefore;
        double value = workload.Unit == WorkloadUnit.MegabytesPerSecond ? result.Bytes / Megabyte / result.Seconds : result.Requests / result.Seconds;
        return new Measurement(value, cpu / (result.Bytes / Gigabyte), cpu * 1e6 / result.Requests, ProcessUsage.RssBytes(server.ProcessId));
    }

    /// <summary>Time to the first answer on a directory that a start has formatted before, and memory a moment later.</summary>
    private Measurement MeasureStart()
    {
        server.Stop();
        double milliseconds = server.Start();
        Thread.Sleep(1000);
        var found = new Measurement(milliseconds, 0, ProcessUsage.CpuSeconds(server.ProcessId) * 1e6, ProcessUsage.RssBytes(server.ProcessId));
        server.Stop();
        return found;
    }

    private string NextTopic(KafkaClient client)
    {
        string topic = string.Create(CultureInfo.InvariantCulture, $"{workload.Name}-{++_number}");
        Topics.Create(client, topic, workload.Partitions);
        return topic;
    }
}
