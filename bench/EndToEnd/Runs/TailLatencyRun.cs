using Moldau.EndToEnd.Latency;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Produce at a fixed rate with consumers at the tail: from when a record was due until its consumer has it.</summary>
internal sealed class TailLatencyRun(Server server, Workload workload, double seconds, double rate) : Run(server, workload, seconds)
{
    public override Measurement Measure()
    {
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        var load = new PacedLoad(Workload, topic, rate);
        var readers = new TailReaders(Server, topic, Workload.Partitions, load.Due);
        Measurement found = Measure(() =>
        {
            readers.Begin();
            LoadResult written = load.Run(Server.EndPoint, Seconds);
            readers.End(load.RecordsWritten);
            return written;
        });
        Verify(topic, load.RecordsWritten);
        Topics.Delete(client, topic);
        LatencyHistogram latencies = readers.Latencies();
        return found with { Value = latencies.Percentile(99), Latencies = latencies };
    }
}
