using Moldau.EndToEnd.Latency;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Produce at a fixed rate, each request measured from when it was due.</summary>
internal sealed class LatencyRun(Server server, Workload workload, double seconds, double rate) : Run(server, workload, seconds)
{
    public override Measurement Measure()
    {
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        var load = new PacedLoad(Workload, topic, rate);
        Measurement found = Measure(() => load.Run(Server.EndPoint, Seconds));
        Verify(topic, load.RecordsWritten);
        Topics.Delete(client, topic);
        LatencyHistogram latencies = load.Latencies;
        return found with { Value = latencies.Percentile(99), Latencies = latencies };
    }
}
