using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Resident memory after ten gigabytes were produced.</summary>
internal sealed class MemoryRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    private const double SecondsMax = 120;
    private const long Bytes = 10_000_000_000;

    public override Measurement Measure()
    {
        Server.Stop();
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        Measurement found = Measure(() => ProduceAll(client));
        return found with { Value = found.RssBytes / 1e6 };
    }

    private LoadResult ProduceAll(KafkaClient client)
    {
        var sum = new LoadResult(0, 0, 0);
        while (sum.Bytes < Bytes)
        {
            string topic = NextTopic(client);
            LoadResult part = new ProduceLoad(Workload, topic).Run(Server.EndPoint, SecondsMax);
            Topics.Delete(client, topic);
            sum = new LoadResult(sum.Seconds + part.Seconds, sum.Requests + part.Requests, sum.Bytes + part.Bytes);
        }

        return sum;
    }
}
