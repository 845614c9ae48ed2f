using System.Globalization;
using Moldau.EndToEnd.Report;
using Moldau.EndToEnd.Servers;

namespace Moldau.EndToEnd;

/// <summary>The whole comparison: starts the servers, interleaves their runs, prints the table.</summary>
internal static class Comparison
{
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
            servers.Add(new MoldauServer("moldau", options.Ours, Path.Combine(run, "moldau")));
            if (options.Kafka is { } kafka)
            {
                servers.Add(new KafkaServer(kafka, Path.Combine(run, "kafka")));
            }

            if (options.Older is { } older)
            {
                servers.Add(new MoldauServer(options.OlderName, older, Path.Combine(run, options.OlderName)));
            }

            AppDomain.CurrentDomain.ProcessExit += (_, _) => servers.ForEach(server => server.Stop());
            Table table = new(servers.ConvertAll(server => server.Name));
            foreach (Workload workload in Workload.All.Where(workload => options.Names.Count == 0 || options.Names.Contains(workload.Name)))
            {
                await Console.Error.WriteLineAsync($"bench: {workload.Name}");
                table.Add(workload, Measure(options, workload, servers));
            }

            table.Print(Console.Out);
            servers.ForEach(server => server.Stop());
            Directory.Delete(run, recursive: true);
            return 0;
        }
        catch (ArgumentException wrong)
        {
            await Console.Error.WriteLineAsync($"bench: {wrong.Message}");
            return 2;
        }
        catch (BenchException failure)
        {
            await Console.Error.WriteLineAsync($"bench: {failure.Message}");
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

    /// <summary>Both servers run, one of them idle; who goes first changes from pair to pair.</summary>
    private static List<Measurement>[] Measure(Options options, Workload workload, List<Server> servers)
    {
        Runner[] runners = [.. servers.Select(server => new Runner(server, workload, options.Seconds))];
        List<Measurement>[] results = [.. servers.Select(_ => new List<Measurement>())];
        for (int round = -workload.WarmUps; round < options.Pairs; round++)
        {
            for (int i = 0; i < runners.Length; i++)
            {
                int at = (round & 1) == 0 ? i : runners.Length - 1 - i;
                Measurement found = runners[at].Run();
                if (round >= 0)
                {
                    results[at].Add(found);
                }
            }
        }

        return results;
    }
}
