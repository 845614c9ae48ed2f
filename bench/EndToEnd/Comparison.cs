using System.Globalization;
using Moldau.EndToEnd.Report;
using Moldau.EndToEnd.Runs;
using Moldau.EndToEnd.Servers;

namespace Moldau.EndToEnd;

/// <summary>The whole comparison: starts the servers, interleaves their runs, prints the table.</summary>
internal static class Comparison
{
    /// <summary>How much of the weakest server's throughput a fixed rate asks for.</summary>
    private const double LoadOfWeakest = 0.5;

    /// <summary>The exit code: 0, 1 when a result is wrong, 2 when the command line is.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        await Task.Yield();
        List<Server> servers = [];
        try
        {
            Options options = Options.Parse(arguments);
            Directory.CreateDirectory(options.Work);
            string run = Path.Combine(options.Work, string.Create(CultureInfo.InvariantCulture, $"run-{Environment.ProcessId}"));
            servers.AddRange(ServersOf(options, run));
            AppDomain.CurrentDomain.ProcessExit += (_, _) => servers.ForEach(server => server.Stop());
            Table table = new(servers.ConvertAll(server => server.Name));
            LatencyTable latencies = new();
            foreach (Workload workload in options.Workloads())
            {
                await Console.Error.WriteLineAsync($"bench: {workload.Name}");
                List<Measurement>[] results = workload.HasRate ? MeasureAtRate(options, workload, servers) : Measure(options, workload, servers, rate: 0);
                table.Add(workload, results);
                latencies.Add(workload, servers, results);
            }

            table.Print(Console.Out);
            latencies.Print(Console.Out);
            if (options.Plot is { } plot)
            {
                await File.WriteAllTextAsync(plot, PlotOf(options, servers));
            }

            servers.ForEach(server => server.Stop());
            Directory.Delete(run, recursive: true);
            return 0;
        }
        catch (ArgumentException wrong)
        {
            await Console.Error.WriteLineAsync($"bench: {wrong.Message}");
            return 2;
        }
        catch (Exception failure) when (failure.GetBaseException() is BenchException wrong)
        {
            // A connection's own failure comes wrapped, as many are waited for at once.
            await Console.Error.WriteLineAsync($"bench: {wrong.Message}");
            return 1;
        }
        finally
        {
            foreach (Server server in servers)
            {
                server.Dispose();
            }
        }
    }

    private static IEnumerable<Server> ServersOf(Options options, string run)
    {
        string? tool = options.PeerTool;
        yield return new MoldauServer("moldau", options.Ours, Path.Combine(run, "moldau")) { PeerTool = tool };
        if (options.Kafka is { } kafka)
        {
            yield return new KafkaServer(kafka, Path.Combine(run, "kafka")) { PeerTool = tool };
        }

        if (options.Older is { } older)
        {
            yield return new MoldauServer(options.OlderName, older, Path.Combine(run, options.OlderName)) { PeerTool = tool };
        }

        if (options.Floor is { } floor)
        {
            yield return new FloorServer(floor, Path.Combine(run, "floor"));
            yield return new FloorServer(floor, Path.Combine(run, "floor-log"), appends: true);
        }
    }

    /// <summary>All servers run, one of them under load; who goes first changes from pair to pair.</summary>
    private static List<Measurement>[] Measure(Options options, Workload workload, List<Server> servers, double rate)
    {
        Run?[] runs = [.. servers.Select(server => server.Runs(workload) ? Run.Of(server, workload, options.Seconds, rate) : null)];
        List<Measurement>[] results = [.. servers.Select(_ => new List<Measurement>())];
        for (int round = -workload.WarmUps; round < options.Pairs; round++)
        {
            for (int i = 0; i < runs.Length; i++)
            {
                int at = (round & 1) == 0 ? i : runs.Length - 1 - i;
                if (runs[at]?.Measure() is { } found && round >= 0)
                {
                    results[at].Add(found);
                }
            }
        }

        return results;
    }

    /// <summary>The rate is the same for all, and such that the weakest has room.</summary>
    private static List<Measurement>[] MeasureAtRate(Options options, Workload workload, List<Server> servers) =>
        Measure(options, workload, servers, LoadOfWeakest * Capacity(options, workload, servers));

    /// <summary>What the weakest server reaches when it is asked for as much as it can, in requests per second.</summary>
    private static double Capacity(Options options, Workload workload, List<Server> servers)
    {
        var unpaced = workload with
        {
            Name = $"{workload.Name}-capacity",
            Kind = workload.Kind == WorkloadKind.TailLatency ? WorkloadKind.Tail : WorkloadKind.Produce,
            Unit = WorkloadUnit.RequestsPerSecond,
        };
        return servers.Where(server => server.IsKafka).Min(server =>
        {
            var run = Run.Of(server, unpaced, options.Seconds, rate: 0);
            run.Measure();
            return run.Measure().Value;
        });
    }

    /// <summary>The 99th percentile at growing rates, up to what the weakest server reaches.</summary>
    private static string PlotOf(Options options, List<Server> servers)
    {
        Workload workload = Workload.All.First(workload => workload.Kind == WorkloadKind.Latency);
        List<Server> plotted = servers.FindAll(server => server.IsKafka);
        double capacity = Capacity(options, workload, plotted);
        var plot = new Plot("requests per second", "p99, µs");
        foreach (double load in (double[])[0.1, 0.25, 0.5, 0.7, 0.8, 0.9])
        {
            List<Measurement>[] results = Measure(options, workload, plotted, load * capacity);
            for (int i = 0; i < plotted.Count; i++)
            {
                plot.Add(plotted[i].Name, load * capacity, Table.Median([.. results[i].Select(found => found.Value)]));
            }
        }

        return plot.ToSvg();
    }
}
