using System.Globalization;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.ClientBench;

/// <summary>Client libraries side by side against one broker: runs in turn, each produced topic counted, one table at the end.</summary>
internal sealed class Comparison(CompareOptions options)
{
    private static readonly string[] Clients = ["moldau", "moldau-send", "moldau-typed", "moldau-records", "confluent", "librdkafka", "java"];
    private readonly List<string[]> _rows = [];
    private int _topics;

    public async Task<int> RunAsync()
    {
        Directory.CreateDirectory(options.WorkDirectory);
        await using var admin = new AdminClient(new AdminOptions { BootstrapServers = options.Bootstrap });
        try
        {
            foreach (CompareWorkload workload in options.Workloads)
            {
                await RunAsync(admin, workload);
            }
        }
        finally
        {
            CompareTable.Print(Console.Out, _rows);
        }

        return 0;
    }

    private async Task RunAsync(AdminClient admin, CompareWorkload workload)
    {
        ComparedClient[] clients = [.. Clients
            .Where(name => options.Clients.Count == 0 || options.Clients.Contains(name))
            .Select(name => new ComparedClient(name, options)).Where(client => client.Does(workload))];
        string payloads = Path.Combine(options.WorkDirectory, $"payloads-{workload.SizeBytes}");
        Payloads.Write(payloads, workload.SizeBytes);
        List<Sample>[] samples = [.. clients.Select(_ => new List<Sample>())];
        string? filled = workload.Verb == "consume" ? await FillAsync(admin, workload, payloads) : null;
        for (int pair = 0; pair < options.Pairs; pair++)
        {
            for (int i = 0; i < clients.Length; i++)
            {
                // Who goes first changes from pair to pair.
                int at = (i + pair) % clients.Length;
                Sample sample = await MeasureAsync(admin, clients[at], workload, payloads, filled);
                samples[at].Add(sample);
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{workload.Name} {pair + 1}/{options.Pairs} {clients[at].Name}: {sample.Outcome.Rate:N0}/s, {sample.Outcome.CpuNanosPerRecord:N0} ns, {sample.Outcome.AllocatedBytesPerRecord:0.0000} B{(workload.IsLatency ? $", p99 {sample.Outcome.P99Micros:N0} µs" : "")}"));
            }
        }

        if (filled is not null)
        {
            await admin.DeleteTopicAsync(filled);
        }

        AddRows(workload, clients, samples);
    }

    private async Task<string> FillAsync(AdminClient admin, CompareWorkload workload, string payloads)
    {
        string topic = await CreateAsync(admin);
        var filler = new CompareWorkload(workload.Name, "produce", workload.SizeBytes, workload.Compression);
        new ComparedClient("moldau", options).Run(filler, topic, payloads, workload.Records(options.Seconds), workload.Warmup(options.Seconds));
        return topic;
    }

    private async Task<Sample> MeasureAsync(AdminClient admin, ComparedClient client, CompareWorkload workload, string payloads, string? filled)
    {
        string topic = filled ?? await CreateAsync(admin);
        long records = workload.Records(options.Seconds);
        long warmup = workload.Warmup(options.Seconds);
        double before = BrokerCpu();
        Outcome outcome = client.Run(workload, topic, payloads, records, warmup);
        double broker = BrokerCpu() - before;
        if (filled is null)
        {
            await CheckAsync(admin, client, topic, records + warmup);
            await admin.DeleteTopicAsync(topic);
        }

        return new Sample(outcome, options.BrokerPid > 0 ? broker * 1e9 / (records + warmup) : -1);
    }

    private double BrokerCpu() => options.BrokerPid > 0 ? ChildProcess.CpuSeconds(options.BrokerPid) : 0;

    private async Task<string> CreateAsync(AdminClient admin)
    {
        string topic = $"client-bench-{Environment.ProcessId}-{_topics++}";
        await admin.CreateTopicAsync(new NewTopic(topic, options.Partitions));
        return topic;
    }

    /// <summary>Each record is there once: no client wins by losing some, or pays for what it sent twice.</summary>
    private async Task CheckAsync(AdminClient admin, ComparedClient client, string topic, long records)
    {
        var specs = Enumerable.Range(0, options.Partitions).ToDictionary(partition => new TopicPartition(topic, partition), _ => OffsetSpec.Latest);
        long found = (await admin.ListOffsetsAsync(specs)).Values().Values.Sum(offset => offset.Offset);
        if (found != records)
        {
            throw new InvalidOperationException($"{client.Name} was to write {records} records to {topic}, and there are {found}");
        }
    }

    private void AddRows(CompareWorkload workload, ComparedClient[] clients, List<Sample>[] samples)
    {
        for (int i = 0; i < clients.Length; i++)
        {
            Func<Sample, double> value = workload.IsLatency ? sample => sample.Outcome.P99Micros : sample => sample.Outcome.Rate / 1000;
            double[] values = [.. samples[i].Select(value)];
            double[] cpus = [.. samples[i].Select(sample => sample.Outcome.CpuNanosPerRecord)];
            double[] ratios = [.. samples[0].Select(value).Zip(values, (ours, theirs) => ours / theirs)];
            double[] cpuRatios = [.. samples[0].Select(sample => sample.Outcome.CpuNanosPerRecord).Zip(cpus, (ours, theirs) => ours / theirs)];
            _rows.Add([
                i == 0 ? workload.Name : "",
                clients[i].Name,
                Format(Median(values)),
                $"{Format(values.Min())}..{Format(values.Max())}",
                i == 0 ? "" : Format(Median(ratios)),
                Format(Median(cpus)),
                i == 0 ? "" : Format(Median(cpuRatios)),
                Format(Median([.. samples[i].Select(sample => sample.BrokerNanosPerRecord)])),
                samples[i][0].Outcome.AllocatedBytes < 0 ? "" : Median([.. samples[i].Select(sample => sample.Outcome.AllocatedBytesPerRecord)]).ToString("0.000", CultureInfo.InvariantCulture),
                workload.IsLatency ? $"p50 {Format(Median([.. samples[i].Select(sample => sample.Outcome.P50Micros)]))} µs, p99 µs" : "1000 records/s",
            ]);
        }
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Format(double value) =>
        value < 0 ? "" : value.ToString(value < 10 ? "0.00" : "N0", CultureInfo.InvariantCulture);

    private sealed record Sample(Outcome Outcome, double BrokerNanosPerRecord);
}
