using System.Globalization;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Time to the first answer on a directory that a start has formatted before, and memory a moment later.</summary>
internal sealed class StartRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    private const int SettleMs = 1000;
    private bool _isFilled;

    public override Measurement Measure()
    {
        Server.Stop();
        if (!_isFilled)
        {
            Fill();
            _isFilled = true;
        }

        double milliseconds = Server.Start();
        Thread.Sleep(SettleMs);
        var found = new Measurement(milliseconds, double.NaN, ProcessUsage.CpuSeconds(Server.ProcessId) * 1e6, ProcessUsage.RssBytes(Server.ProcessId));
        Server.Stop();
        return found;
    }

    private void Fill()
    {
        if (Workload.StartTopics == 0)
        {
            return;
        }

        Server.Start();
        using var client = new KafkaClient(Server.EndPoint);
        for (int i = 0; i < Workload.StartTopics; i++)
        {
            Topics.Create(client, string.Create(CultureInfo.InvariantCulture, $"{Workload.Name}-{i}"), Workload.StartTopicPartitions);
        }

        Server.Stop();
    }
}
