using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Produce as fast as the server takes it.</summary>
internal sealed class ProduceRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    public override Measurement Measure()
    {
        Begin();
        if (!Server.IsKafka)
        {
            return Measure(() => new ProduceLoad(Workload, Workload.Name).Run(Server.EndPoint, Seconds));
        }

        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        var load = new ProduceLoad(Workload, topic);
        Measurement found = Measure(() => load.Run(Server.EndPoint, Seconds));
        Verify(topic, load.RecordsWritten);
        Topics.Delete(client, topic);
        Server.WaitUntilGone(topic);
        return found;
    }
}
