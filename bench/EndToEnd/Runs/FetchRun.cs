using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Fetch from the page cache, the same topic again and again.</summary>
internal sealed class FetchRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    private const double FillSecondsMax = 60;
    private FetchLoad? _fetch;

    public override Measurement Measure()
    {
        Begin();
        _fetch ??= Server.IsKafka ? Fill() : new FetchLoad(Workload.Name, new long[Workload.Partitions], Workload.FetchPartitionBytes) { IsUnchecked = true };
        return Measure(() => _fetch.Run(Server.EndPoint, Seconds));
    }

    private FetchLoad Fill()
    {
        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        var fill = new ProduceLoad(Workload, topic);
        fill.Run(Server.EndPoint, FillSecondsMax, Workload.FetchedTopicBytes);
        Verify(topic, fill.RecordsWritten);
        return new FetchLoad(topic, fill.RecordsWritten, Workload.FetchPartitionBytes);
    }
}
