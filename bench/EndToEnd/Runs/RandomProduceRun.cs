using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Produce to random ones of many partitions, whose topics are made once and stay; all of them are read back after each run.</summary>
internal sealed class RandomProduceRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    private const int VerifyPartitionBytes = 256 * 1024;
    private readonly RandomProduceLoad _load = new(workload);
    private int _runs;

    public override Measurement Measure()
    {
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        if (_runs == 0)
        {
            for (int topic = 0; topic < Workload.StartTopics; topic++)
            {
                Topics.Create(client, _load.Topic(topic), Workload.StartTopicPartitions);
            }
        }

        Measurement found = Measure(() => _load.Run(Server.EndPoint, Seconds, seed: 1000 * ++_runs));
        for (int topic = 0; topic < Workload.StartTopics; topic++)
        {
            new FetchLoad(_load.Topic(topic), _load.RecordsWritten(topic), VerifyPartitionBytes).Verify(Server.EndPoint);
        }

        return found;
    }
}
