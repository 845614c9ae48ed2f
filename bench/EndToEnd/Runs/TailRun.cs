using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Producers as fast as the server takes it, and a consumer at the tail of each partition. The run ends when the consumers have everything.</summary>
internal sealed class TailRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    public override Measurement Measure()
    {
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        var load = new ProduceLoad(Workload, topic);
        var readers = new TailReaders(Server, topic, Workload.Partitions, due: null);
        Measurement found = Measure(() =>
        {
            readers.Begin();
            LoadResult written = load.Run(Server.EndPoint, Seconds);
            return written with { Seconds = written.Seconds + readers.End(load.RecordsWritten) };
        });
        Verify(topic, load.RecordsWritten);
        Topics.Delete(client, topic);
        return found;
    }
}
