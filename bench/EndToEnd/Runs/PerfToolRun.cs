using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Apache Kafka's producer-perf-test with its own producer, which shares the processors with the server. Its defaults but for what the workload names.</summary>
internal sealed partial class PerfToolRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    /// <summary>About what the tool gets through on two processors; enough records for the time that is wanted.</summary>
    private const double BytesPerSecond = 100e6;
    private const double RecordsPerSecondMax = 500_000;

    public override Measurement Measure()
    {
        string tool = Server.PeerTool ?? throw new BenchException("the perf tool needs Apache Kafka at ../shared/peers/kafka beside the clone: name --against kafka");
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        long records = (long)(Math.Max(Seconds, 5) * Math.Min(BytesPerSecond / Workload.BatchBytes, RecordsPerSecondMax));
        double perSecond = 0;
        Measurement found = Measure(() =>
        {
            perSecond = Produce(tool, topic, records);
            return new LoadResult(records / perSecond, records, records * Workload.BatchBytes);
        });
        Topics.Delete(client, topic);
        return found;
    }

    private double Produce(string tool, string topic, long records)
    {
        var start = new ProcessStartInfo(tool) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "producer-perf-test", "--topic", topic, "--num-records", records.ToString(CultureInfo.InvariantCulture), "--record-size", Workload.BatchBytes.ToString(CultureInfo.InvariantCulture),
            "--throughput", "-1", "--producer-props", $"bootstrap.servers={Server.EndPoint}", .. Workload.ProducerProperties,
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start) ?? throw new BenchException("the perf tool does not start");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Match last = Summary().Matches(output).LastOrDefault() ?? throw new BenchException($"the perf tool says nothing of use: {output}{errors.Result}");
        if (process.ExitCode != 0 || long.Parse(last.Groups[1].Value, CultureInfo.InvariantCulture) != records)
        {
            throw new BenchException($"the perf tool did not send all: {output}{errors.Result}");
        }

        return double.Parse(last.Groups[2].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) records sent, ([\d.]+) records/sec")]
    private static partial Regex Summary();
}
